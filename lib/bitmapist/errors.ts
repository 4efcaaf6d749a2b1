/**
 * Every error code of the domain with its remedy, in one table.
 * A message reads: what was expected, what came, then the remedy.
 */
export const ERRORS = {
  BAD_PERIOD:
    'write 2025, 2025-02, 2025-W09, 2025-02-09 or 2025-02-09T05; units are hour, day, week, month and year',
  BAD_TIME: 'write ISO 8601 such as 2025-02-09T05:30:00Z, or epoch seconds or milliseconds',
  BAD_TIME_ZONE: 'use a name of the IANA time zone database, such as Europe/Berlin',
  BAD_EVENT:
    'use 1 to 200 characters without control characters, neither "bitop" nor beginning with "bitop_"',
  BAD_USER:
    'use an integer user id within the limit, or raise MAX_USER_ID; with ID_MODE=mapped any text of 1 to 256 bytes',
  NO_ID: 'restore the identity keys (bitcohort:{prefix}:ids…) together with the marks',
  BAD_EXPRESSION: 'combine events with & | ^ ! - and parentheses; quote other names: "odd name!"',
  BAD_COHORT: 'name an event without @ in "start", or use cohort=recurring',
  BAD_ROWS: 'use an integer within the limits',
  BAD_MODE: 'use mode=on, on-or-after, on-or-before or every; base=previous with every; brackets with on',
  BAD_SETTINGS: 'set it as the data has it, or keep other data under another KEY_PREFIX',
  BAD_SYSTEM: 'combine handles that one Bitmapist instance made',
  UNKNOWN_SEGMENT: 'write the expression itself in place of seg(…)',
  WRONG_TYPE: 'move this key out of the prefix, or set another KEY_PREFIX',
  TOO_LARGE: 'ask for fewer rows, fewer columns or a shorter history',
  BAD_PARAMETER: 'see docs/api.md for the parameters of this call',
  BAD_BODY: 'send the JSON that docs/api.md shows',
  BAD_MARKS: 'mend the marks at these indexes and send the whole batch again; nothing was written',
  BAD_MEDIA_TYPE: 'send JSON, with the header Content-Type: application/json',
  BODY_TOO_LARGE: 'send the marks in smaller batches; nothing was written',
  FORBIDDEN: 'call from this machine under a loopback name, and send Content-Type: application/json',
  REDIS_UNAVAILABLE: 'check that Redis runs at REDIS_URL, then try again; marks are safe to send again',
  TOO_MANY_REPORTS: 'try again in a second, and ask for fewer reports at once',
  NOT_FOUND: 'see docs/api.md for the calls that exist',
  BAD_METHOD: 'use a method that the Allow header names',
  INTERNAL: 'try again; the server log has the details',
} as const

/** What names an error to programs. */
export type ErrorCode = keyof typeof ERRORS

/** What an error tells besides its message. */
export interface ErrorOptions {
  /** The name of the argument or parameter at fault. */
  readonly field?: string
  readonly cause?: unknown
  /** Zero-based index of the first character at fault, for texts. */
  readonly position?: number
  /** One reason an index, for batches. */
  readonly details?: readonly { readonly index: number; readonly message: string }[]
}

/** Marks the errors of every copy of this module: a bundler gives pages and route handlers a copy each. */
const BRAND = Symbol.for('bitcohort.error')

/** An error that a caller can mend: `code` names it, `field` the argument, the message ends with the remedy. */
export class BitcohortError extends Error {
  override readonly name = 'BitcohortError'
  readonly [BRAND] = true
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly position: number | undefined
  readonly details: ErrorOptions['details']

  /** `instanceof` holds for the errors of other copies of this module too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value
  }

  constructor(code: ErrorCode, what: string, options: ErrorOptions = {}) {
    super(`${what}; ${ERRORS[code]}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.field = options.field
    this.position = options.position
    this.details = options.details
  }
}

/**
 * The standard sentence: `"week" expected integer 1..53, got 54`.
 * Long values are cut at 80 characters; control characters are escaped.
 */
export function expected(field: string, expectation: string, got: unknown): string {
  const text = typeof got === 'string' ? JSON.stringify(got) : String(got)
  return `"${field}" expected ${expectation}, got ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`
}
