import { Bitmapist } from '../../../lib/bitmapist'
import { type Period, parsePeriod, periodAt, startOf } from '../../../lib/bitmapist/face'
import { eventKey } from '../../../lib/bitmapist/key'
import type { Lab, Pairing, Section } from '../lab'
import type { Contender } from '../measure'
import { PREFIX } from '../ours'
import { below, type Random, random } from '../random'

const USERS = 1_000_000
const DAYS = 31
const BATCH = 50_000
const FIRST = startOf(parsePeriod('2025-01-01'))
/** Times are told per so many marks. */
const PER = 1000

interface Fact {
  readonly user: number
  readonly time: Date
}

/** Writing: a mark sets a bit of its day, its week and its month. */
export const marks: Section = { name: 'marks', run }

async function run(lab: Lab): Promise<void> {
  const next = random(20240109)
  const bm = new Bitmapist({ redis: lab.connect(), prefix: PREFIX })
  const one = facts(PER, next)
  const many = facts(BATCH, next)
  const python: Contender = { name: 'three SETBITs in a MULTI, one by one', run: () => byMulti(lab, one) }
  const pipelined: Contender = {
    name: 'three SETBITs each, pipelined',
    run: () => byPipeline(lab, many),
    scale: PER / BATCH,
  }
  const single: Contender = { name: 'ours', run: () => bySingle(bm, one), watched: true }
  const marked = many.map((fact) => ({ event: 'active', ...fact }))
  const batch: Contender = {
    name: 'ours',
    run: () => bm.mark(marked),
    watched: true,
    scale: PER / BATCH,
  }
  const mapped = await mappedRuns(lab, many)
  const pairings: Pairing[] = [
    { name: 'one by one', ours: single, peer: python },
    { name: `batches of ${BATCH.toLocaleString('en')}`, ours: batch, peer: python },
    { name: `batches of ${BATCH.toLocaleString('en')}`, ours: batch, peer: pipelined },
    ...mapped.flatMap(({ name, ours }) => [
      { name, ours, peer: python },
      { name, ours, peer: pipelined },
    ]),
  ]
  await lab.compare(`Marks, per ${PER.toLocaleString('en')}`, pairings)
}

function facts(count: number, next: Random): readonly Fact[] {
  const at = () => new Date(FIRST.getTime() + below(DAYS * 86_400, next) * 1000)
  return Array.from({ length: count }, () => ({ user: below(USERS, next), time: at() }))
}

function keysOf(time: Date): readonly string[] {
  return (['day', 'week', 'month'] as const)
    .map((unit): Period => periodAt(unit, time))
    .map((of) => eventKey(PREFIX, 'active', of))
}

/** As the Python library marks. */
async function byMulti({ other }: Lab, some: readonly Fact[]): Promise<void> {
  for (const { user, time } of some) {
    const transaction = other.multi()
    for (const key of keysOf(time)) transaction.setbit(key, user, 1)
    await transaction.exec()
  }
}

async function byPipeline({ other }: Lab, some: readonly Fact[]): Promise<void> {
  const pipeline = other.pipeline()
  for (const { user, time } of some) for (const key of keysOf(time)) pipeline.setbit(key, user, 1)
  await pipeline.exec()
}

async function bySingle(bm: Bitmapist, some: readonly Fact[]): Promise<void> {
  for (const { user, time } of some) await bm.markEvent('active', user, { time })
}

/** Ids that are texts: new ones, which are given numbers, and known ones. */
async function mappedRuns(
  lab: Lab,
  many: readonly Fact[],
): Promise<readonly { readonly name: string; readonly ours: Contender }[]> {
  const bm = new Bitmapist({ redis: lab.connect(), prefix: 'bench_mapped_', idMode: 'mapped' })
  let batches = 0
  const named = (name: string) =>
    many.map(({ user, time }) => ({ event: 'active', user: `${name}-${user}`, time }))
  const known = named('known')
  try {
    await bm.mark(known)
  } catch (error) {
    lab.note(`mapped ids: left out: ${error instanceof Error ? error.message : error}`)
    return []
  }
  const shared = { name: 'ours', watched: true, scale: PER / BATCH }
  return [
    { name: 'batches, mapped, known ids', ours: { ...shared, run: () => bm.mark(known) } },
    { name: 'batches, mapped, new ids', ours: { ...shared, run: () => bm.mark(named(`new-${batches++}`)) } },
  ]
}
