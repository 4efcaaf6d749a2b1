/** A scan that has gone through all keys. */
export interface Complete {
  /** The instant at which it began. */
  readonly asOf: Date
  readonly tookMs: number
}

/** A scan that has not gone through all keys yet. */
export interface Begun {
  readonly begun: Date
  /** Milliseconds that it has taken so far, by all processes that worked on it. */
  readonly spentMs: number
  /** About how many keys it has passed, of those that there are. */
  readonly seen: number
  readonly total: number
  /** The cursor in each node, by the node's run id; a null where it has ended. */
  readonly cursors: ReadonlyMap<string, string | null>
}

/** Everyone known, as far as keys of other writers are concerned. */
export interface Adopted {
  /** Whatever had been marked then is in it. */
  readonly asOf: Date
  readonly begun: Date
  readonly tookMs: number
}

/** What a project's hash of scans says. */
export interface Scanned {
  readonly complete: Complete | null
  readonly running: Begun | null
  readonly adopted: Adopted | null
}

/** The hash's fields, in the order in which they are read. */
export const FIELDS = [
  ...(['asOf', 'took', 'begun', 'spent', 'seen', 'total', 'cursors'] as const),
  ...(['knownAsOf', 'knownBegun', 'knownTook'] as const),
]
/** One of them. */
export type Field = (typeof FIELDS)[number]

/** Reads what the hash says. @param values of the fields, null where there is none */
export function parseScan(values: readonly (string | null)[]): Scanned {
  const textOf = (field: Field) => values[FIELDS.indexOf(field)] ?? null
  const number = (field: Field) => Number(textOf(field) ?? 0)
  const instant = (field: Field) => (textOf(field) === null ? null : new Date(number(field)))
  const asOf = instant('asOf')
  const begun = instant('begun')
  const knownAsOf = instant('knownAsOf')
  const cursors: Record<string, string | null> = JSON.parse(textOf('cursors') ?? '{}')
  return {
    complete: asOf && { asOf, tookMs: number('took') },
    running: begun && {
      begun,
      spentMs: number('spent'),
      seen: number('seen'),
      total: number('total'),
      cursors: new Map(Object.entries(cursors)),
    },
    adopted: knownAsOf && {
      asOf: knownAsOf,
      begun: new Date(number('knownBegun')),
      tookMs: number('knownTook'),
    },
  }
}
