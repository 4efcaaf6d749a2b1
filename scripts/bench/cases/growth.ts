import { parsePeriod } from '../../../lib/bitmapist'
import { keysOf, makeActivity, store } from '../data'
import type { Lab, Pairing, Section } from '../lab'
import type { Contender } from '../measure'
import { gridRun, type Ours, openOurs, PREFIX, squareRequest } from '../ours'
import { countGrid } from '../peers/javascript'

const MILLION = 1_000_000
const FIRST = parsePeriod('2024-W01')

/** How the time grows: with users, and with cells. With leaves: see `expression`. */
export const growth: Section = {
  name: 'growth',
  async run(lab) {
    if (!lab.quick) await withUsers(lab)
    await lab.clear()
    await withCells(lab)
  },
}

type State = 'cold' | 'warm'

/** Each size of users is another event. */
async function withUsers(lab: Lab): Promise<void> {
  const span = { first: FIRST, count: 52 }
  const ours = openOurs(lab, span)
  const sizes = []
  for (const millions of [1, 2, 4, 8]) {
    const event = `active${millions}`
    const { active } = makeActivity({ ...span, users: millions * MILLION, order: 'sign-up', seed: 20240107 })
    await store(lab.other, keysOf(PREFIX, event, span), active)
    const request = squareRequest({ start: event, back: event, ...span })
    sizes.push({ size: millions, runs: await bothRuns(ours, request, countGrid(active, active)) })
  }
  const pairings = grown(sizes, (millions) => ({
    name: `${millions},000,000 users`,
    must: (state) => (millions === 8 && state === 'warm' ? 10 : null),
  }))
  await lab.compare('Growth with users: 52 × 52 weeks, active × active', pairings)
  ours.close()
}

async function withCells(lab: Lab): Promise<void> {
  const most = { first: FIRST, count: 52 }
  const { active } = makeActivity({ ...most, users: MILLION, order: 'sign-up', seed: 20240108 })
  await store(lab.other, keysOf(PREFIX, 'active', most), active)
  const ours = openOurs(lab, most)
  const sizes = []
  for (const count of [13, 26, 52]) {
    const some = active.slice(0, count)
    const request = squareRequest({ start: 'active', first: FIRST, count })
    // Rows of a smaller square look on beyond its triangle.
    const expected = some.map((row, r) => countGrid([row], active.slice(r, r + count))[0] ?? [])
    sizes.push({ size: count, runs: await bothRuns(ours, request, expected) })
  }
  const pairings = grown(sizes, (count) => ({
    name: `${count} × ${count}, ${count < 52 ? count ** 2 : '1,378'} cells`,
    must: () => null,
  }))
  await lab.compare('Growth with cells: weeks, 1,000,000 users, active × active', pairings)
  ours.close()
}

async function bothRuns(
  { cold, warm }: Ours,
  ...[request, expected]: [Parameters<typeof gridRun>[1], Parameters<typeof gridRun>[2]]
): Promise<Record<State, Contender>> {
  return { cold: await gridRun(cold, request, expected), warm: await gridRun(warm, request, expected) }
}

interface Size {
  readonly size: number
  readonly runs: Readonly<Record<State, Contender>>
}

/** Each size's time in the smallest's. */
function grown(
  [least, ...others]: readonly Size[],
  describe: (size: number) => { name: string; must: (state: State) => number | null },
): readonly Pairing[] {
  if (least === undefined) return []
  return (['cold', 'warm'] as const).flatMap((state) =>
    others.map(({ size, runs }): Pairing => {
      const { name, must } = describe(size)
      const peer = { ...least.runs[state], name: `ours, ${describe(least.size).name}` }
      return { name: `${name}, ${state}`, ours: runs[state], peer, measure: 'cost', must: must(state) }
    }),
  )
}
