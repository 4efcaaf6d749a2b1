import 'server-only'
import { z } from 'zod'
import type { Mark } from '../bitmapist'
import {
  BitcohortError,
  exists,
  expected,
  label,
  type Period,
  parsePeriod,
  period,
  startOf,
  type UserId,
  within,
} from '../bitmapist/face'
import { type Bit, bitsSchema, HAND_OPS, type HandOp, isOfAttribute } from '../query/user'
import { processState } from './connection'
import { known } from './failure'
import { running, userOf } from './users'

/** What a form sends to change a user's marks by hand; React's own fields beside it are passed over. */
export const byHandSchema = z.object({
  /** Percent-encoded: a form changes the ends of lines. */
  user: z.string().min(1).max(1000).transform(decoded),
  op: z.enum(HAND_OPS),
  name: z.string().min(1, 'choose a name').max(200),
  date: z.string().max(40).default(''),
  /** The bits that the operation which is taken back has changed; absent unless it is. */
  undo: bitsSchema.optional(),
  /** The event that the page shows. */
  event: z.string().max(200).default(''),
})

function decoded(text: string, context: z.RefinementCtx): string {
  try {
    return decodeURIComponent(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'not percent-encoded' })
    return z.NEVER
  }
}

export type ByHand = z.infer<typeof byHandSchema>

/**
 * Changes a user's marks of an event on a day, or an attribute, and returns which bits that changed. Taking back what
 * was done restores exactly those bits.
 * @throws BitcohortError; nothing is written then
 */
export function changeByHand({ op, name, date, undo, ...form }: ByHand): Promise<readonly Bit[]> {
  return known(async () => {
    const { bitmapist } = processState()
    const user = userOf(form.user)
    if (isOfAttribute(op)) {
      const before = await bitmapist.getAttribute(name).has(user)
      await bitmapist.mark([{ op: op === 'set' ? 'mark' : 'unmark', attribute: name, user }])
      return before === (op === 'set') ? [] : ['attribute']
    }
    const day = readDay(date)
    const before = await readBits(user, name, day)
    await bitmapist.mark(marksOf({ user, op, name, day, hours: hoursOf(undo) }), {
      trackHourly: hoursOf(undo).length > 0,
      trackUnique:
        undo === undefined ? op === 'mark' && processState().config.trackUnique : undo.includes('attribute'),
    })
    const after = await readBits(user, name, day)
    return [...before.keys()].filter((bit) => before.get(bit) !== after.get(bit))
  })
}

/** Which bits of an event a user has on a day. @throws BitcohortError */
export function loadBits(user: UserId, name: string, day: Period): Promise<readonly Bit[]> {
  return known(async () => [...(await readBits(user, name, day))].flatMap(([bit, is]) => (is ? [bit] : [])))
}

function readDay(text: string): Period {
  const day = parsePeriod(text, 'date')
  const { zone } = processState().bitmapist
  const { today } = running()
  if (day.unit === 'day' && day.index <= today.index && exists(day, zone)) return day
  throw new BitcohortError('BAD_PERIOD', expected('date', `a day until today, ${label(today)}`, text), {
    field: 'date',
  })
}

interface HandMark {
  readonly user: UserId
  readonly op: HandOp
  readonly name: string
  readonly day: Period
  readonly hours: readonly number[]
}

/** The day at noon, or each of its hours. */
function marksOf({ user, op, name, day, hours }: HandMark): readonly Mark<UserId>[] {
  const { zone } = processState().bitmapist
  const at = (hour: number) => startOf(period('hour', day.index * 24 + hour), zone)
  const times = op === 'mark' && hours.length > 0 ? hours.map(at) : [at(12)]
  return times.map((time) => ({ op: op === 'mark' ? 'mark' : 'unmark', event: name, user, time }))
}

function hoursOf(bits: readonly Bit[] | undefined): readonly number[] {
  return (bits ?? []).filter((bit) => bit.startsWith('hour:')).map((bit) => Number(bit.slice(5)))
}

async function readBits(user: UserId, name: string, day: Period): Promise<ReadonlyMap<Bit, boolean>> {
  const { bitmapist } = processState()
  const { zone } = bitmapist
  const noon = startOf(period('hour', day.index * 24 + 12), zone)
  const hours = within('hour', day, zone).map((hour) => ({
    bit: `hour:${hour.index - day.index * 24}` as const,
    set: bitmapist.getHourEvent(name, startOf(hour, zone)),
  }))
  const all = [
    ...hours,
    { bit: 'day' as const, set: bitmapist.getDayEvent(name, noon) },
    { bit: 'week' as const, set: bitmapist.getWeekEvent(name, noon) },
    { bit: 'month' as const, set: bitmapist.getMonthEvent(name, noon) },
    { bit: 'attribute' as const, set: bitmapist.getAttribute(name) },
  ]
  const held = await Promise.all(all.map(({ set }) => set.has(user)))
  return new Map(all.map(({ bit }, at) => [bit, held[at] ?? false]))
}
