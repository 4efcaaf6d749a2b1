import {
  BitcohortError,
  checkName,
  expected,
  type IdMode,
  type Mark,
  readUserId,
  type UserId,
} from '../../lib/bitmapist'
import type { Columns } from './columns'
import type { Cells } from './rows'
import type { Doubt, Times } from './times'

/** What a row comes to. */
export interface Meaning {
  readonly marks: readonly Mark<UserId>[]
  /** What is doubtful about its time. */
  readonly doubt: Doubt | null
}

export interface MarkRules {
  readonly times: Times
  readonly idMode: IdMode
  readonly maxUserId: number
}

/**
 * What a row marks: the event at its time, and the attribute where it has one.
 * @throws BitcohortError with the first reason why the row is bad, in the words of its columns
 */
export function meaningOf(cells: Cells, columns: Columns, rules: MarkRules): Meaning {
  const { times } = rules
  const user = userOf(cells.user, columns.user, rules)
  const marks: Mark<UserId>[] = []
  let doubt: Doubt | null = null
  if (columns.event) {
    const { name, time: column } = columns.event
    const event = typeof name === 'string' ? name : checkName(textOf(cells.event, name.column), name.column)
    const time = times.read(cells.time, column)
    doubt = times.doubt(cells.time, time)
    marks.push({ event, user, time })
  }
  const attribute = columns.attribute && attributeOf(cells.attribute, columns.attribute)
  if (attribute) marks.push({ attribute, user })
  return { marks, doubt }
}

/** Spaces around a number say nothing; those around a text may be part of it. */
function userOf(value: unknown, field: string, { idMode: mode, maxUserId: max }: MarkRules): UserId {
  const id = typeof value === 'string' && mode === 'integer' ? value.trim() : value
  return readUserId(id, { mode, max, field })
}

function textOf(value: unknown, column: string): string {
  if (typeof value === 'string') return value
  throw new BitcohortError('BAD_EVENT', expected(column, 'a text', shown(value)), { field: column })
}

function attributeOf(value: unknown, { column, prefix }: { column: string; prefix: string }): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'object')
    throw new BitcohortError('BAD_EVENT', expected(column, 'a text', shown(value)), { field: column })
  return checkName(prefix + String(value), column)
}

/** A value as messages have it: JSON for lists and objects, whose own text says nothing. */
function shown(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
