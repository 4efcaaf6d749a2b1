import { parsePeriod } from '../../../lib/bitmapist'
import type { Lab, Pairing, Section } from '../lab'
import { NESTED, storeEvents } from '../leaves'
import { gridRun, openOurs, squareRequest } from '../ours'
import { countGrid } from '../peers/javascript'

const MILLION = 1_000_000

/** Growth with the leaves of an expression that stands on every row and column. */
export const expression: Section = {
  name: 'expression',
  async run(lab) {
    for (const millions of lab.quick ? [1] : [1, 10]) {
      await lab.clear()
      await runLeaves(lab, millions)
    }
  },
}

async function runLeaves(lab: Lab, millions: number): Promise<void> {
  const span = { first: parsePeriod('2024-W01'), count: 52 }
  const shape = { ...span, users: millions * MILLION, order: 'sign-up', seed: 20240104 } as const
  const setsOf = await storeEvents(lab, shape)
  const { cold, warm, close } = openOurs(lab, span)
  const runs = []
  for (const nested of NESTED) {
    const sets = setsOf(nested)
    const expected = countGrid(sets, sets)
    const request = squareRequest({ start: nested.text, back: nested.text, ...span })
    const ours = {
      cold: await gridRun(cold, request, expected),
      warm: await gridRun(warm, request, expected),
    }
    runs.push({ ...nested, ours })
  }
  const [one, ...others] = runs
  const pairings = (['cold', 'warm'] as const).flatMap((state) =>
    others.flatMap(({ leaves, ours }): Pairing[] => {
      if (one === undefined) return []
      const peer = { ...one.ours[state], name: `ours, 1 leaf, ${state}` }
      const must = leaves === 6 && state === 'warm' ? 3 : null
      return [{ name: `${leaves} leaves, ${state}`, ours: ours[state], peer, measure: 'cost', must }]
    }),
  )
  const title = `52 × 52 weeks, ${shape.users.toLocaleString('en')} users, an expression on every row and column`
  await lab.compare(title, pairings)
  close()
}
