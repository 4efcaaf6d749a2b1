import { BitcohortError, expected } from './errors'
import { checkName } from './expression'
import type { Ids } from './ids'
import type { Mark, MarkOptions } from './mark'
import type { MarkKeys, Place } from './mark-keys'
import { inTurns } from './turn'
import type { UserId } from './user-id'

interface Checked {
  readonly op: 'mark' | 'unmark'
  /** Its bit, which is written here when the id has got one: a batch has too many marks to copy each. */
  user: number
}

/** A mark that can be written. */
export type CheckedMark = (Checked & Place) | (Checked & { readonly attribute: string })

/** Marks that follow each other, all of them good. */
export interface CheckedMarks {
  readonly marks: readonly CheckedMark[]
  /** Of its marks, in their order. */
  readonly ids: readonly UserId[]
}

interface Checks {
  readonly options: MarkOptions
  readonly ids: Ids
  readonly keys: MarkKeys
  /** The time of marks that have none. */
  readonly now: Date
}

/** Copies of marks with all that decides where they go. @throws BAD_MARKS with the index and reason of each bad one */
export async function checkMarks(
  marks: readonly Mark<UserId>[],
  { options, ids, keys, now }: Checks,
): Promise<CheckedMarks> {
  const details: { index: number; message: string }[] = []
  const checked: CheckedMark[] = []
  const users: UserId[] = []
  const dayOf = (place: Place) => keys.dayOf(place)
  const checkTime = marks.length > 1 ? keys.once(dayOf) : dayOf
  await inTurns(marks, (mark, index) => {
    try {
      const one = checkOne(mark, now, options)
      users.push(ids.check(mark.user))
      if ('event' in one) checkTime(one)
      checked.push(one)
    } catch (error) {
      if (!(error instanceof BitcohortError)) throw error
      details.push({ index, message: error.message })
    }
  })
  const [first] = details
  if (first === undefined) return { marks: checked, ids: users }
  const indexes = details.slice(0, 10).map((detail) => detail.index)
  const more = details.length > 10 ? ` and ${details.length - 10} more` : ''
  const what = `"marks" expected valid marks, got bad ones at ${indexes.join(', ')}${more}, the first: ${first.message}`
  throw new BitcohortError('BAD_MARKS', what, { field: 'marks', details })
}

/** @throws BAD_EVENT, BAD_TIME, BAD_PARAMETER */
function checkOne(mark: Mark<UserId>, now: Date, options: MarkOptions): CheckedMark {
  if (typeof mark !== 'object' || mark === null)
    throw new BitcohortError('BAD_PARAMETER', expected('mark', 'an object', mark))
  const { op = 'mark' } = mark
  if (op !== 'mark' && op !== 'unmark')
    throw new BitcohortError('BAD_PARAMETER', expected('op', 'mark or unmark', op), { field: 'op' })
  if ('attribute' in mark && 'event' in mark)
    throw new BitcohortError('BAD_PARAMETER', expected('mark', 'an event or an attribute', 'both'))
  if ('attribute' in mark) return { op, user: 0, attribute: checkName(mark.attribute, 'attribute') }
  const { time = now, trackHourly = options.trackHourly, trackUnique = options.trackUnique } = mark
  const event = checkName(mark.event)
  if (!(time instanceof Date)) throw new BitcohortError('BAD_TIME', expected('time', 'a Date', time))
  return { op, user: 0, event, time, trackHourly: trackHourly ?? false, trackUnique: trackUnique ?? false }
}
