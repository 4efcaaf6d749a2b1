import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fault, type Http, JSON_TYPE, MARKS, startHttp } from '../fixtures/http'

let http: Http

beforeAll(async () => {
  http = await startHttp()
})
afterAll(() => http?.stop())

describe('POST /api/v1/marks', () => {
  it('answers once Redis has them all', async () => {
    const response = await http.mark(MARKS)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ accepted: 10 })
    const client = http.redis.client()
    expect(await client.getbit('trackist_signup_W2025-2', 2)).toBe(1)
    expect(await client.getbit('trackist_signup_2025-1', 300)).toBe(1)
    expect(await client.getbit('trackist_active_2025-1-14', 9)).toBe(0)
    expect(await client.getbit('trackist_paid_user_u', 1)).toBe(1)
  })

  it('writes nothing of a batch with a bad mark, and names each', async () => {
    const good = { event: 'never', user: 1 }
    const { status, code, field, details } = await fault(
      await http.mark([good, { event: 'never', user: -1 }, good, { event: '', user: 1 }]),
    )
    expect({ status, code, field }).toEqual({ status: 422, code: 'BAD_MARKS', field: 'marks' })
    expect(details).toEqual([
      {
        index: 1,
        message:
          '"user" expected integer 0..134217727, got -1; use an integer user id within the limit, or raise MAX_USER_ID; with ID_MODE=mapped any text of 1 to 256 bytes',
      },
      { index: 3, message: expect.stringMatching(/^"event" expected/) },
    ])
    expect(await http.redis.client().keys('*never*')).toEqual([])
  })

  it('refuses the id 4294967295 before Redis sees it', async () => {
    const client = http.redis.client()
    await client.config('RESETSTAT')
    for (const user of [4294967295, '4294967295'])
      expect(await fault(await http.mark([{ event: 'active', user }]))).toMatchObject({
        status: 422,
        code: 'BAD_MARKS',
      })
    expect(await client.info('commandstats')).not.toMatch(/cmdstat_(setbit|bitfield|exec|eval)/)
  })

  it.each([
    ['{', 400, 'BAD_BODY', 'body'],
    ['', 400, 'BAD_BODY', 'body'],
    ['[]', 400, 'BAD_BODY', 'marks'],
    ['{"marks":[]}', 400, 'BAD_BODY', 'marks'],
    ['{"marks":[{"event":"a","event":"b","user":1}]}', 400, 'BAD_BODY', 'body'],
    ['{"marks":[{"event":"a\\u0000","user":1}]}', 422, 'BAD_MARKS', 'marks'],
    ['{"marks":[{"event":"a","user":1,"time":"x"}]}', 422, 'BAD_MARKS', 'marks'],
    [JSON.stringify({ marks: Array(10_001).fill({ event: 'a', user: 1 }) }), 413, 'BODY_TOO_LARGE', 'marks'],
  ])('refuses %.60s', async (body, status, code, field) => {
    expect(await fault(await http.post(body))).toMatchObject({ status, code, field })
  })

  it('refuses bytes that are no UTF-8', async () => {
    const body = new Uint8Array([0x7b, 0xff, 0x7d])
    const response = await http.get('/api/v1/marks', { method: 'POST', body, headers: JSON_TYPE })
    expect(await fault(response)).toMatchObject({ status: 400, code: 'BAD_BODY', field: 'body' })
  })

  it.each([5 * 1024 * 1024 + 1, 12 * 1024 * 1024])('refuses a body of %i bytes', async (byteLength) => {
    const body = JSON.stringify({ marks: [{ event: 'a', user: 1 }] }).padEnd(byteLength, ' ')
    expect(await fault(await http.post(body))).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
      field: 'body',
    })
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('refuses the content type %s', async (type) => {
    const body = JSON.stringify({ marks: [{ event: 'a', user: 1 }] })
    expect(await fault(await http.post(body, { 'Content-Type': type }))).toMatchObject({
      status: 415,
      code: 'BAD_MEDIA_TYPE',
      field: 'content-type',
    })
  })

  it('refuses a compressed body', async () => {
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip' }
    expect(await fault(await http.post('{}', headers))).toMatchObject({
      status: 415,
      field: 'content-encoding',
    })
  })

  it('takes no parameters', async () => {
    const response = await http.get('/api/v1/marks?user=1', {
      method: 'POST',
      body: '{}',
      headers: JSON_TYPE,
    })
    expect(await fault(response)).toMatchObject({ status: 400, code: 'BAD_PARAMETER', field: 'user' })
  })

  it.each(['null', 'http://evil.example', 'http://127.0.0.1:1'])('refuses the origin %s', async (Origin) => {
    expect(await fault(await http.post('{"marks":[]}', { ...JSON_TYPE, Origin }))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      field: 'origin',
    })
  })

  it('lets its own origin pass', async () => {
    const body = JSON.stringify({ marks: [{ attribute: 'own', user: 1 }] })
    expect((await http.post(body, { ...JSON_TYPE, Origin: http.app.url })).status).toBe(200)
  })
})
