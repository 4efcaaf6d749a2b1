import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERRORS } from '../../lib/bitmapist/errors'
import { OUTPUT_PARAMETERS } from '../../lib/query/output'
import { RETENTION_PARAMETERS } from '../../lib/query/retention'
import { ROOT } from '../../scripts/system/project.mjs'
import { type Http, MARKS, startHttp } from '../fixtures/http'

const DOCUMENT = JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8'))
/** Words of OpenAPI stand beside those of JSON Schema. */
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(DOCUMENT, 'openapi.json')

let http: Http

beforeAll(async () => {
  http = await startHttp({ TRACK_HOURLY: '1' })
  expect((await http.mark(MARKS)).status).toBe(200)
})
afterAll(() => http?.stop())

const pointer = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))

/** What a JSON value has against the schema of a place of the document. */
function faultsOf(place: readonly string[], value: unknown): unknown {
  const validate = ajv.compile({ $ref: `openapi.json#/${place.map(pointer).join('/')}` })
  return validate(value) ? null : validate.errors
}

/** Follows references: where the schema of an answer stands. */
function placeOf(path: string, method: string, status: number): readonly string[] {
  const response = DOCUMENT.paths[path][method].responses[status]
  expect(response, `${path} ${status}`).toBeDefined()
  const holder = response.$ref
    ? response.$ref.slice(2).split('/')
    : ['paths', path, method, 'responses', String(status)]
  return [...holder, 'content', 'application/json', 'schema']
}

const GRID = 'start=signup&return=active&period=week&from=2025-W02&rows=2'

const ANSWERS: readonly (readonly [path: string, query: string, status: number])[] = [
  ['/api/v1/retention', GRID, 200],
  ['/api/v1/retention', `${GRID}&columns=3&who=!ios&mode=every&base=previous&cohort=recurring`, 200],
  ['/api/v1/retention', `${GRID}&brackets=0,1-3,4-200`, 200],
  ['/api/v1/retention', 'start=a&return=!b&period=hour&to=2030&rows=24&mode=on-or-after', 200],
  ['/api/v1/retention', 'start=a&return=b&period=year&to=2099', 200],
  ['/api/v1/retention', `${GRID}&rows=0`, 400],
  ['/api/v1/retention', 'start=a&return=b(&period=week', 400],
  ['/api/v1/retention/users', `${GRID}&offset=1&cohort=recurring`, 200],
  ['/api/v1/retention/users', `${GRID}&row=2025-W02&limit=1`, 200],
  ['/api/v1/retention/users', `${GRID}&row=2025-W02&offset=1&which=missing&start=!active`, 400],
  ['/api/v1/series', 'expression=active&period=week&from=2025&to=2030', 200],
  ['/api/v1/series', 'expression=!active&period=hour&from=2025-01-06&to=2025-01-06', 200],
  ['/api/v1/series', 'expression=active', 400],
  ['/api/v1/count', 'expression=active&period=week', 200],
  ['/api/v1/count', 'expression=active', 400],
  ['/api/v1/members', 'expression=active&period=month&date=2025-01', 200],
  ['/api/v1/members', 'expression=!active&period=week&date=2025-W02&limit=1', 200],
  ['/api/v1/members', 'expression=active&period=week&limit=0', 400],
  ['/api/v1/users/{id}', 'id=1', 200],
  ['/api/v1/users/{id}', 'id=1&date=2025-01-06T10', 200],
  ['/api/v1/users/{id}', 'id=4294967295&date=2025', 200],
  ['/api/v1/users/{id}', 'id=x', 400],
  ['/api/v1/users/{id}/days', 'id=1&event=active&from=2025&to=2025', 200],
  ['/api/v1/users/{id}/days', 'id=1', 400],
  ['/api/v1/events', '', 200],
  ['/api/v1/events', 'x=1', 400],
  ['/api/health', '', 200],
  ['/api/ready', '', 200],
]

describe('docs/openapi.json', () => {
  it.each(ANSWERS)('has the answer of GET %s?%s with %i', async (path, query, status) => {
    const params = new URLSearchParams(query)
    const url = path.replace('{id}', params.get('id') ?? '')
    params.delete('id')
    const response = await http.get(`${url}?${params}`)
    expect(response.status).toBe(status)
    expect(faultsOf(placeOf(path, 'get', status), await response.json())).toBeNull()
  })

  it('has the answers of POST /api/v1/marks', async () => {
    const path = '/api/v1/marks'
    const bodies: readonly (readonly [string, number])[] = [
      [JSON.stringify({ marks: MARKS }), 200],
      ['{', 400],
      ['{"marks":[{"event":"a","user":-1},{"event":"a","user":1}]}', 422],
      [`{"marks":[${Array(10_001).fill('1')}]}`, 413],
    ]
    for (const [body, status] of bodies) {
      const response = await http.post(body)
      expect(response.status).toBe(status)
      expect(faultsOf(placeOf(path, 'post', status), await response.json())).toBeNull()
    }
    const request = ['paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema']
    expect(faultsOf(request, { marks: MARKS })).toBeNull()
    expect(faultsOf(request, { marks: [{ event: 'a', attribute: 'b', user: 1 }] })).not.toBeNull()
  })

  it('has the answers of POST /api/v1/events/scan', async () => {
    const path = '/api/v1/events/scan'
    for (const [query, status] of [
      ['', 200],
      ['?x=1', 400],
    ] as const) {
      const response = await http.get(path + query, { method: 'POST' })
      expect(response.status).toBe(status)
      expect(faultsOf(placeOf(path, 'post', status), await response.json())).toBeNull()
    }
  })

  it('has the answers of mapped ids', async () => {
    const mapped = await startHttp({ ID_MODE: 'mapped' })
    const marks = [
      { event: 'active', user: 'ann@example.com', time: '2025-01-06' },
      { attribute: 'a', user: -7 },
    ]
    const request = ['paths', '/api/v1/marks', 'post', 'requestBody', 'content', 'application/json', 'schema']
    expect(faultsOf(request, { marks })).toBeNull()
    expect((await mapped.mark(marks)).status).toBe(200)
    for (const [path, url] of [
      ['/api/v1/members', '/api/v1/members?expression=active&period=day&date=2025-01-06'],
      ['/api/v1/users/{id}', '/api/v1/users/ann%40example.com'],
      ['/api/v1/users/{id}', '/api/v1/users/nobody'],
    ] as const) {
      const response = await mapped.get(url)
      expect(response.status).toBe(200)
      expect(faultsOf(placeOf(path, 'get', 200), await response.json())).toBeNull()
    }
    await mapped.stop()
  })

  it('has the answers of keys and settings that are not ours', async () => {
    const redis = http.redis.client()
    await redis.hset('trackist_hash_2025-1', 'a', '1')
    const response = await http.get('/api/v1/count?expression=hash&period=month&date=2025-01')
    expect(response.status).toBe(409)
    expect(faultsOf(placeOf('/api/v1/count', 'get', 409), await response.json())).toBeNull()
    await redis.del('trackist_hash_2025-1')
  })

  it('refuses what no call answers', () => {
    const place = placeOf('/api/v1/count', 'get', 200)
    for (const wrong of [{}, { count: -1 }, { count: '1' }, { count: 1, more: 1 }, null])
      expect(faultsOf(place, wrong)).not.toBeNull()
  })

  it('has every call that there is', () => {
    const files = readdirSync(join(ROOT, 'app'), { recursive: true, encoding: 'utf8' })
    const calls = files
      .filter((file) => file.endsWith('/route.ts') && !file.includes('[['))
      .map((file) => `/${file.replace(/\/route\.ts$/, '').replace(/\[(\w+)\]/g, '{$1}')}`)
    expect(Object.keys(DOCUMENT.paths).sort()).toEqual(calls.sort())
  })

  it('has every parameter and every code that there is', () => {
    const namesOf = (path: string) =>
      DOCUMENT.paths[path].get.parameters.map(({ $ref, name }: { $ref?: string; name?: string }) =>
        $ref ? DOCUMENT.components.parameters[$ref.split('/').at(-1) ?? ''].name : name,
      )
    const own = [...RETENTION_PARAMETERS]
    expect(namesOf('/api/v1/retention')).toEqual([...own, ...OUTPUT_PARAMETERS])
    expect(namesOf('/api/v1/retention/users')).toEqual([
      ...own,
      ...['row', 'offset', 'which', 'limit', 'cursor', 'format'],
    ])
    const { code } = DOCUMENT.components.schemas.Error.properties.error.properties
    expect(code.enum).toEqual(Object.keys(ERRORS))
  })

  it('has examples that fit their schemas', () => {
    for (const [path, methods] of Object.entries<Record<string, { responses: Record<string, unknown> }>>(
      DOCUMENT.paths,
    ))
      for (const [method, { responses }] of Object.entries(methods)) {
        const { example } = (responses[200] as { content: Record<string, { example?: unknown }> }).content[
          'application/json'
        ] ?? { example: undefined }
        if (example !== undefined) expect(faultsOf(placeOf(path, method, 200), example), path).toBeNull()
      }
  })
})
