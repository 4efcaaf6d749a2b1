import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { RELEASE_WEEKS_AGO } from './shape'
import { type AttributeEntry, type LogEntry, simulate } from './simulate'

const DAY_MS = 86_400_000
const now = new Date('2026-11-24T10:42:07Z')
const today = Math.floor(now.getTime() / DAY_MS)
const release = new Date('2026-09-28T00:00:00Z').getTime() / DAY_MS

function walk(options: { users: number; weeks: number; seed: number; now: Date }): {
  log: LogEntry[]
  attributes: readonly AttributeEntry[]
} {
  const sample = simulate(options)
  const log = [...sample.days].flat()
  return { log, attributes: sample.attributes() }
}

const whole = walk({ users: 20_000, weeks: 40, seed: 1, now })
const signUps = new Map<number, number>()
const active = new Set<string>()
for (const { user, time, event } of whole.log) {
  const day = Math.floor(time.getTime() / DAY_MS)
  if (event === 'signup') signUps.set(user, day)
  if (event === 'active') active.add(`${user} ${day}`)
}

/** Share of those who signed up on a day that `holds` who are active `age` days later; whole days only. */
function dayRate(age: number, holds = (_day: number) => true): number {
  const cohort = [...signUps].filter(([, day]) => holds(day) && day + age < today)
  return cohort.filter(([user, day]) => active.has(`${user} ${day + age}`)).length / cohort.length
}

/** Share who are active on any day of the ISO week `age` weeks after the one of their sign-up; whole weeks only. */
function weekRate(age: number, holds: (day: number) => boolean): number {
  const mondayOf = (day: number) => day - ((day + 3) % 7)
  const cohort = [...signUps].filter(([, day]) => holds(day) && mondayOf(day) + age * 7 + 6 < today)
  const days = [0, 1, 2, 3, 4, 5, 6]
  const back = cohort.filter(([user, day]) =>
    days.some((k) => active.has(`${user} ${mondayOf(day) + age * 7 + k}`)),
  )
  return back.length / cohort.length
}

describe('simulate', () => {
  it('has daily retention of the shape of mobile products', () => {
    const achieved = [1, 7, 30, 90].map((age) => [age, Number(dayRate(age).toFixed(3))])
    console.info('daily retention', Object.fromEntries(achieved))
    expect(dayRate(1)).toBeGreaterThan(0.55)
    expect(dayRate(1)).toBeLessThan(0.59)
    expect(dayRate(7)).toBeGreaterThan(0.27)
    expect(dayRate(7)).toBeLessThan(0.31)
    expect(dayRate(30)).toBeGreaterThan(0.13)
    expect(dayRate(30)).toBeLessThan(0.17)
    expect(dayRate(90)).toBeGreaterThan(0.08)
  })

  it.each([1, 2, 3, 4, 5, 6])('has a release that lifts week %i by 3 to 7 points', (age) => {
    expect(release).toBe(today - 1 - RELEASE_WEEKS_AGO * 7)
    const lift = weekRate(age, (day) => day >= release) - weekRate(age, (day) => day < release)
    expect(lift).toBeGreaterThan(0.03)
    expect(lift).toBeLessThan(0.07)
  })

  it('gives every user an id in order of sign-up, from 1, over the weeks asked for', () => {
    expect([...signUps.keys()]).toEqual(Array.from({ length: 20_000 }, (_, k) => k + 1))
    expect(new Date(Math.min(...signUps.values()) * DAY_MS).toISOString()).toBe('2026-02-23T00:00:00.000Z')
    expect(Math.max(...signUps.values())).toBe(today)
  })

  it('is in time order within a day, and has nothing after the clock', () => {
    const times = whole.log.map(({ time }) => time.getTime())
    expect(times.every((time, k) => k === 0 || time >= (times[k - 1] ?? 0))).toBe(true)
    expect(times.at(-1)).toBeLessThanOrEqual(now.getTime())
    expect(whole.log.at(-1)?.time.toISOString().slice(0, 10)).toBe('2026-11-24')
  })

  it('marks a sign-up active too, and every active user on web, ios or both', () => {
    const platforms = new Set<string>()
    for (const { user, time, event } of whole.log)
      if (event === 'web' || event === 'ios') platforms.add(`${user} ${Math.floor(time.getTime() / DAY_MS)}`)
    expect([...signUps].every(([user, day]) => active.has(`${user} ${day}`))).toBe(true)
    expect(platforms).toEqual(active)
  })

  it('has more sign-ups at the end than at the beginning, fewer on weekends, and events of its six kinds', () => {
    const count = (holds: (day: number) => boolean) => [...signUps.values()].filter(holds).length
    const first = today - 1 - 39 * 7
    expect(count((day) => day >= today - 29)).toBeGreaterThan(1.7 * count((day) => day < first + 28))
    const weekend = count((day) => (day + 3) % 7 >= 5)
    expect(weekend / count(() => true)).toBeLessThan(0.25)
    expect([...new Set(whole.log.map(({ event }) => event))].sort()).toEqual(
      ['active', 'ios', 'playlist:create', 'signup', 'song:play', 'web'].sort(),
    )
  })

  it('makes those who come often pay more often', () => {
    const visits = new Map<number, number>()
    for (const { user, event } of whole.log)
      if (event === 'active') visits.set(user, (visits.get(user) ?? 0) + 1)
    const paid = new Set(whole.attributes.filter((a) => a.attribute === 'paid_user').map((a) => a.user))
    const share = (ids: readonly number[]) => ids.filter((id) => paid.has(id)).length / ids.length
    const often = [...visits].filter(([, count]) => count >= 40).map(([user]) => user)
    const seldom = [...visits].filter(([, count]) => count <= 3).map(([user]) => user)
    expect(share(often)).toBeGreaterThan(5 * share(seldom))
  })

  it('is the same for the same seed and another for another', () => {
    const hash = (seed: number) => {
      const { log, attributes } = walk({ users: 500, weeks: 6, seed, now })
      const digest = createHash('sha256')
      for (const { user, time, event } of log) digest.update(`${user},${time.toISOString()},${event}\n`)
      for (const { user, attribute } of attributes) digest.update(`${user},${attribute}\n`)
      return digest.digest('hex')
    }
    expect(hash(1)).toBe('e9703965a37578a528e957c2a4681e949015736cf258376daff7b3f475133386')
    expect(hash(2)).not.toBe(hash(1))
  })

  it('tells attributes only after the days', () => {
    const sample = simulate({ users: 10, weeks: 1, seed: 1, now })
    expect(() => sample.attributes()).toThrow('walk all days first')
  })
})
