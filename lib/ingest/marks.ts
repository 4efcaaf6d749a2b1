import { z } from 'zod'
import {
  BitcohortError,
  checkName,
  expected,
  type IdMode,
  parseTime,
  readUserId,
  type UserId,
  UTC,
  type Zone,
} from '../bitmapist/face'
import type { Mark } from '../bitmapist/mark'
import { parseJson } from './json'

/** Marks of one batch. */
export const MAX_MARKS = 10_000

export interface Limits {
  readonly maxUserId: number
  /** `integer` unless given. */
  readonly idMode?: IdMode
  /** Whose clock reads times without an offset; UTC unless given. */
  readonly zone?: Zone
}

/**
 * Reads the body of a batch: `{"marks": [{"event": "active", "user": 123}, …]}`.
 * @throws BAD_BODY for another shape; BODY_TOO_LARGE over 10,000 marks; BAD_MARKS with each bad index and its reason
 */
export function parseMarks(text: string, limits: Limits): readonly Mark<UserId>[] {
  return parseJson(text, (body) => readMarks(markList(body), limits))
}

function readMarks(marks: readonly unknown[], limits: Limits): readonly Mark<UserId>[] {
  const schemas = { event: eventMark(limits), attribute: attributeMark(limits) }
  const good: Mark<UserId>[] = []
  const details: { index: number; message: string }[] = []
  for (const [index, value] of marks.entries()) {
    const schema = hasAttribute(value) ? schemas.attribute : schemas.event
    const result = schema.safeParse(value)
    if (result.success) good.push(result.data)
    else details.push({ index, message: result.error.issues[0]?.message ?? 'not a mark' })
  }
  const [first] = details
  if (first === undefined) return good
  const what = `${details.length} of ${marks.length} marks are bad, the first at index ${first.index}`
  throw new BitcohortError('BAD_MARKS', what, { field: 'marks', details })
}

const Body = z.strictObject({ marks: z.array(z.unknown()).min(1) })

function markList(body: unknown): readonly unknown[] {
  const result = Body.safeParse(body)
  if (!result.success)
    throw new BitcohortError(
      'BAD_BODY',
      '"marks" expected a list of one mark or more, and nothing beside it',
      {
        field: 'marks',
      },
    )
  const { marks } = result.data
  if (marks.length > MAX_MARKS)
    throw new BitcohortError(
      'BODY_TOO_LARGE',
      expected('marks', `at most ${MAX_MARKS} marks`, marks.length),
      {
        field: 'marks',
      },
    )
  return marks
}

function hasAttribute(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'attribute' in value
}

const Op = z.enum(['mark', 'unmark'], { error: ({ input }) => refusal('op', 'mark or unmark', input) })

function eventMark(limits: Limits) {
  const { zone = UTC } = limits
  const keys = { event: name('event'), user: user(limits), time: time(zone).optional(), op: Op.optional() }
  return z.strictObject(keys, { error: shape('event, user, time and op') })
}

function attributeMark(limits: Limits) {
  const keys = { attribute: name('attribute'), user: user(limits), op: Op.optional() }
  return z.strictObject(keys, { error: shape('attribute, user and op (an attribute has no time)') })
}

function shape(keys: string) {
  return ({ code, input, ...issue }: { code?: string; input?: unknown; keys?: unknown }) =>
    code === 'unrecognized_keys'
      ? refusal('mark', `only ${keys}`, String(issue.keys))
      : refusal('mark', 'an object', input)
}

function time(zone: Zone) {
  return read((value) => {
    if (typeof value === 'string' || typeof value === 'number') return parseTime(value, 'time', zone)
    throw new BitcohortError('BAD_TIME', refusal('time', 'a text or a number', value), { field: 'time' })
  })
}

function name(field: 'event' | 'attribute') {
  return read((value) => {
    if (typeof value === 'string') return checkName(value, field)
    throw new BitcohortError('BAD_EVENT', refusal(field, 'a text', value), { field })
  })
}

function user({ idMode = 'integer', maxUserId }: Limits) {
  return read((value) => readUserId(value, { mode: idMode, max: maxUserId }))
}

/** A schema out of a function that throws. */
function read<Result>(of: (value: unknown) => Result) {
  return z.unknown().transform((value, context): Result => {
    try {
      return of(value)
    } catch (error) {
      if (!(error instanceof BitcohortError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}

/** The standard sentence; lists and objects are named, not printed: their text could be anything. */
function refusal(field: string, expectation: string, value: unknown): string {
  if (value === undefined) return `"${field}" expected ${expectation}, got nothing`
  if (typeof value !== 'object' || value === null) return expected(field, expectation, value)
  return `"${field}" expected ${expectation}, got ${Array.isArray(value) ? 'a list' : 'an object'}`
}
