import { floor, type Period, parsePeriod, range, within } from '../../../lib/bitmapist/face'
import { eventKey } from '../../../lib/bitmapist/key'
import { and, type Bitmap, emptyBitmap, minus, or } from '../bitmap'
import { drawUsers, makeActivity, store } from '../data'
import type { Lab, Section } from '../lab'
import { gridRun, openOurs, PREFIX, squareRequest } from '../ours'
import { countGrid } from '../peers/javascript'

const USERS = 1_000_000
/** A user who is active in a week is so on each of its days with a chance of 90 / 256. */
const DAY_CHANCE = 90

/** `first` against `recurring`: who never matched before, by the months and days of all history. */
export const first: Section = { name: 'first', run }

async function run(lab: Lab): Promise<void> {
  const span = { first: parsePeriod('2024-W01'), count: 52 }
  const { active } = makeActivity({ ...span, users: USERS, order: 'sign-up', seed: 20240102 })
  const weeks = range(span.first, span.count)
  await storeFiner(lab, weeks, active)
  const { cold, warm, close } = openOurs(lab, span)
  const recurring = squareRequest({ start: 'active', ...span })
  const first = squareRequest({ start: 'active', cohort: 'first', ...span })
  const all = countGrid(active, active)
  const firsts = countGrid(newcomers(active), active)
  const runs = {
    cold: { ours: await gridRun(cold, first, firsts), peer: await gridRun(cold, recurring, all) },
    warm: { ours: await gridRun(warm, first, firsts), peer: await gridRun(warm, recurring, all) },
  }
  await lab.compare(
    '52 × 52 weeks, 1,000,000 users, active × active, first',
    (['cold', 'warm'] as const).map((state) => ({
      name: state,
      ours: runs[state].ours,
      peer: { ...runs[state].peer, name: `ours, recurring, ${state}` },
      measure: 'cost',
      must: state === 'warm' ? 1.3 : null,
    })),
  )
  close()
}

/** Each week's users who are in none before. */
function newcomers(weeks: readonly Bitmap[]): readonly Bitmap[] {
  let before = emptyBitmap(USERS)
  return weeks.map((week) => {
    const found = minus(week, before)
    before = or(before, week)
    return found
  })
}

/** The weeks, their days, and the days' months: a week is the union of its days. */
async function storeFiner(lab: Lab, weeks: readonly Period[], active: readonly Bitmap[]): Promise<void> {
  const months = new Map<string, Bitmap>()
  for (const [w, week] of weeks.entries()) {
    const users = active[w] ?? emptyBitmap(USERS)
    const days = within('day', week)
    const bitmaps = days.map((_, d) => and(users, drawUsers(USERS, DAY_CHANCE, w * 7 + d + 1)))
    const rest = minus(users, bitmaps.reduce(or))
    bitmaps[w % 7] = or(bitmaps[w % 7] ?? rest, rest)
    await store(lab.other, days.map(keyOf), bitmaps)
    await store(lab.other, [keyOf(week)], [users])
    for (const [d, day] of days.entries()) {
      const key = keyOf(floor('month', day))
      const bitmap = bitmaps[d] ?? rest
      months.set(key, or(months.get(key) ?? bitmap, bitmap))
    }
  }
  await store(lab.other, [...months.keys()], [...months.values()])
}

function keyOf(of: Period): string {
  return eventKey(PREFIX, 'active', of)
}
