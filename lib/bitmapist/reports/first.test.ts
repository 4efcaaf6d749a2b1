import { describe, expect, it } from 'vitest'
import { parsePeriod } from '../label'
import { parseExpression } from '../parse'
import { type Period, range } from '../period'
import { Plan } from '../plan'
import type { Snapshot } from '../snapshot'
import { UTC } from '../zone'
import { historyOf } from './first'

/** A project whose only event began on a day. */
function since(text: string): Snapshot {
  const { index } = parsePeriod(text)
  const events = new Map([['a', { day: { first: index, last: index } }]])
  return { asOf: new Date(0), events, attributes: new Set() }
}

/** The history of every one of `days`, as a report plans it: each row's own sets first. */
function plan(start: string, { days, first, who }: { days: number; first: string; who: string }) {
  const plan = new Plan('t_')
  const rows = range(parsePeriod('2025-01-01'), days)
  const history = historyOf({ plan, zone: UTC, snapshot: since(first), start: parseExpression(start), rows })
  const row = (of: Period) => [plan.compile(parseExpression(who), of), history.before(of)]
  return () => rows.map(row)
}

describe('historyOf', () => {
  it('counts the keys of the history alone, not those of the rows', () => {
    const who = Array.from({ length: 20 }, (_, i) => `w${i}`).join('|')
    expect(plan('a', { days: 366, first: '2025-01-01', who })).not.toThrow()
    expect(plan('a - attr(b)', { days: 366, first: '2025-01-01', who })).not.toThrow()
  })

  it('refuses a history of more than 5,000 keys', () => {
    // 2011-04-24 and 2025-01-01 are 5,001 days apart.
    const short = { days: 1, first: '2011-04-25', who: 'w' }
    expect(plan('a - attr(b)', short)).not.toThrow()
    expect(plan('a - attr(b)', { ...short, first: '2011-04-24' })).toThrow(
      '"start" expected a history of at most 5000 keys, got "a longer one"',
    )
  })
})
