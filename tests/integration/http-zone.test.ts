import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/system/children.mjs'
import { ROOT, typescript } from '../../scripts/system/project.mjs'
import { startApp } from '../fixtures/app'
import { fault, type Http, startHttp } from '../fixtures/http'

/** Apia's clock went from 29 December 2011 to 31 December. */
const REFUSAL = 'TIME_ZONE expected "Pacific/Apia", as the data under "trackist_" has it, got "UTC"; set it'

let http: Http

beforeAll(async () => {
  http = await startHttp({ TIME_ZONE: 'Pacific/Apia', TRACK_HOURLY: '1' })
  const marks = [
    { event: 'a', user: 1, time: '2011-12-29T23:30' },
    { event: 'a', user: 2, time: '2011-12-30T09:59:59Z' },
    { event: 'a', user: 3, time: '2011-12-30T10:00:00Z' },
    { event: 'a', user: 1, time: '2011-12-31T00:30' },
    { event: 'a', user: 1, time: '2012-01-01T12:00:00+14:00' },
  ]
  expect(await (await http.mark(marks)).json()).toEqual({ accepted: 5 })
})
afterAll(() => http?.stop())

const json = async (path: string) => (await http.get(path)).json()

describe('a project with a zone', () => {
  it('counts by its clock, and skips the day that it has not', async () => {
    const series = await json('/api/v1/series?expression=a&period=day&from=2011-12-29&to=2012-01-01')
    expect(series).toMatchObject({
      timeZone: 'Pacific/Apia',
      points: [
        { start: '2011-12-29', count: 2 },
        { start: '2011-12-31', count: 2 },
        { start: '2012-01-01', count: 1 },
      ],
    })
    const csv = '/api/v1/retention?start=a&return=a&period=day&from=2011-12-29&rows=1&columns=3&format=csv'
    expect(await (await http.get(`${csv}&layout=long&cohort=recurring`)).text()).toBe(
      [
        'cohort_start,cohort_end,size,size_state,offset,period_start,period_end,count,rate,state',
        '2011-12-29,2011-12-29,2,closed,0,2011-12-29,2011-12-29,2,1.0000,closed',
        '2011-12-29,2011-12-29,2,closed,1,2011-12-31,2011-12-31,1,0.5000,closed',
        '2011-12-29,2011-12-29,2,closed,2,2012-01-01,2012-01-01,1,0.5000,closed',
        '',
      ].join('\r\n'),
    )
  })

  it.each([
    ['/api/v1/count?expression=a&period=day&date=2011-12-30', 'date'],
    ['/api/v1/count?expression=a&period=hour&date=2011-12-30T05', 'date'],
    ['/api/v1/series?expression=a&period=day&from=2011-12-30', 'from'],
    ['/api/v1/members?expression=a&period=week&date=2011-12-30', 'date'],
    ['/api/v1/retention?start=a&return=a&period=day&to=2011-12-30', 'to'],
    ['/api/v1/users/1?date=2011-12-30', 'date'],
    ['/api/v1/users/1/days?event=a&from=2011-12-30', 'from'],
  ])('refuses the day that it has not: %s', async (path, field) => {
    expect(await fault(await http.get(path))).toMatchObject({ status: 400, code: 'BAD_PERIOD', field })
  })

  it('answers for the hour that a date names', async () => {
    const hourOf = async (date: string) => {
      const { events, hour } = await json(`/api/v1/users/1?date=${encodeURIComponent(date)}`)
      return [hour, events[0].hour]
    }
    expect(await hourOf('2011-12-29T23')).toEqual(['2011-12-29T23', true])
    expect(await hourOf('2011-12-30T09:30:00Z')).toEqual(['2011-12-29T23', true])
    expect(await hourOf('2011-12-31')).toEqual(['2011-12-31T00', true])
    expect(await hourOf('2011-12-31T01:00')).toEqual(['2011-12-31T01', false])
  })

  it('reads hours by 366', async () => {
    const { rows } = await json('/api/v1/retention?start=a&return=a&period=hour&to=2012&rows=366&columns=2')
    expect(rows).toHaveLength(366)
  })

  it('takes a longer period to begin and end on a day that it has', async () => {
    const days = '/api/v1/users/1/days?event=a&from=2011-W52&to=2012-01-01'
    expect(await json(days)).toEqual({ days: ['2011-12-29', '2011-12-31', '2012-01-01'] })
  })
})

describe('a process with another zone', () => {
  it('does not start, and says why in one line', async () => {
    const port = await freePort()
    const child = spawn(process.execPath, typescript('scripts/start.ts'), {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production', REDIS_URL: http.redis.url, PORT: String(port) },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
      })
    const [code] = await once(child, 'close')
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/^[^\n]+\n$/) })
    expect(output).toContain(REFUSAL)
  })

  it('is refused at its first use where the data came later', async () => {
    await http.redis.client().rename('bitcohort:{trackist_}:meta', 'kept')
    const other = await startApp({ redisUrl: http.redis.url })
    try {
      await http.redis.client().rename('kept', 'bitcohort:{trackist_}:meta')
      for (const path of ['/api/ready', '/api/v1/events', '/api/v1/count?expression=a&period=day']) {
        const response = await fetch(`${other.url}${path}`)
        expect(await fault(response)).toMatchObject({ status: 409, code: 'BAD_SETTINGS', field: 'TIME_ZONE' })
      }
    } finally {
      await other.stop()
    }
  })
})
