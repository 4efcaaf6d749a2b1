import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RUNS } from '../../tests/fixtures/laws'
import { eventKey } from './key'
import { day, type Period, periodAt, startOf, within } from './period'
import { runsOf } from './runs'

type Op = 'mark' | 'unmark'
type Mark = { readonly op: Op; readonly user: number } & (
  | { readonly event: string; readonly on: Period; readonly unique: boolean }
  | { readonly attribute: string }
)

/** Around a turn of the month, and one of the week: each shares its week or its month with another. */
const DAYS = [day(2024, 7, 29), day(2024, 7, 31), day(2024, 8, 1), day(2024, 8, 4), day(2024, 8, 5)] as const

const marks: fc.Arbitrary<readonly Mark[]> = fc.array(
  fc
    .record({
      op: fc.constantFrom<Op>('mark', 'unmark'),
      user: fc.nat(3),
      name: fc.constantFrom('a', 'b'),
      on: fc.constantFrom(...DAYS),
      kind: fc.constantFrom('event', 'unique', 'attribute'),
    })
    .map(({ op, user, name, on, kind }) =>
      kind === 'attribute'
        ? { op, user, attribute: name }
        : { op, user, event: name, on, unique: kind === 'unique' },
    ),
  { maxLength: 60 },
)

/** Redis, with the definitions of mark and unmark, one mark at a time. */
class World {
  readonly keys = new Set<string>()

  apply(mark: Mark): void {
    const change = (key: string) =>
      mark.op === 'mark' ? this.keys.add(`${key} ${mark.user}`) : this.keys.delete(`${key} ${mark.user}`)
    if ('attribute' in mark) {
      change(`${mark.attribute}_u`)
      return
    }
    if (mark.unique) change(`${mark.event}_u`)
    const keyOf = (each: Period) => eventKey('', mark.event, each)
    change(keyOf(mark.on))
    for (const unit of ['week', 'month'] as const) {
      const wide = periodAt(unit, startOf(mark.on))
      const isHeld = within('day', wide).some((each) => this.keys.has(`${keyOf(each)} ${mark.user}`))
      if (mark.op === 'mark' || !isHeld) change(keyOf(wide))
    }
  }
}

const contentsAfter = (batch: readonly Mark[]) => {
  const world = new World()
  for (const mark of batch) world.apply(mark)
  return [...world.keys].sort()
}

const mark = (op: Op, event: string, user: number): Mark => ({ op, event, user, on: DAYS[0], unique: false })

describe('runsOf', () => {
  it('leaves what the marks one by one would leave, in whatever order each run is written', async () => {
    await fc.assert(
      fc.asyncProperty(marks, async (batch) => {
        const runs = await runsOf(batch)
        expect(contentsAfter(runs.flat())).toEqual(contentsAfter(batch))
        expect(contentsAfter(runs.flatMap((run) => run.toReversed()))).toEqual(contentsAfter(batch))
      }),
      { ...RUNS, numRuns: 400 },
    )
  })

  it('keeps every mark, one op a run, no run empty', async () => {
    await fc.assert(
      fc.asyncProperty(marks, async (batch) => {
        const runs = await runsOf(batch)
        expect(new Set(runs.flat())).toEqual(new Set(batch))
        expect(runs.flat()).toHaveLength(batch.length)
        for (const run of runs) expect(new Set(run.map(({ op }) => op)).size).toBe(1)
      }),
      RUNS,
    )
  })

  it.each<[string, readonly Mark[], readonly number[]]>([
    ['nothing', [], []],
    ['marks alone', [mark('mark', 'a', 1), mark('mark', 'a', 1)], [2]],
    ['unmarks alone', [mark('unmark', 'a', 1), mark('unmark', 'b', 1)], [2]],
    ['a mark taken back', [mark('mark', 'a', 1), mark('unmark', 'a', 1)], [1, 1]],
    ['a mark given back', [mark('unmark', 'a', 1), mark('mark', 'a', 1)], [1, 1]],
    ['two events of one user', [mark('mark', 'a', 1), mark('unmark', 'b', 1), mark('mark', 'a', 1)], [2, 1]],
    [
      'an event and the attribute of its name',
      [{ op: 'mark', attribute: 'a', user: 1 }, mark('unmark', 'a', 1), mark('mark', 'a', 1)],
      [1, 1, 1],
    ],
  ])('of %s makes runs of these lengths', async (_, batch, lengths) => {
    expect((await runsOf(batch)).map((run) => run.length)).toEqual(lengths)
  })

  it('makes two runs of 10,000 marks that change their op each time, and no user twice', async () => {
    const batch = Array.from({ length: 10_000 }, (_, user) => mark(user % 2 ? 'unmark' : 'mark', 'a', user))
    expect((await runsOf(batch)).map((run) => run.length)).toEqual([5_000, 5_000])
  })

  it('makes as many runs as one user needs, however many others change too', async () => {
    const batch = Array.from({ length: 10_000 }, (_, i) =>
      mark(Math.floor(i / 1_000) % 2 ? 'unmark' : 'mark', 'a', i % 1_000),
    )
    expect(await runsOf(batch)).toHaveLength(10)
  })
})
