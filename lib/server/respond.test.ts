import { describe, expect, it } from 'vitest'
import { BitcohortError, type ErrorCode } from '../bitmapist/face'
import { csvFile, errorResponse, handler, json, refuseMethod } from './respond'

describe('errorResponse', () => {
  it.each<[ErrorCode, number]>([
    ['BAD_PERIOD', 400],
    ['BAD_PARAMETER', 400],
    ['TOO_LARGE', 400],
    ['BAD_BODY', 400],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['BAD_METHOD', 405],
    ['WRONG_TYPE', 409],
    ['BODY_TOO_LARGE', 413],
    ['BAD_MEDIA_TYPE', 415],
    ['BAD_MARKS', 422],
    ['TOO_MANY_REPORTS', 429],
    ['INTERNAL', 500],
    ['REDIS_UNAVAILABLE', 503],
  ])('answers %s with %i', (code, status) => {
    expect(errorResponse(new BitcohortError(code, 'x')).status).toBe(status)
  })

  it('has code, message, field, position and details, and never a cause', async () => {
    const error = new BitcohortError('BAD_MARKS', '1 of 2 is bad', {
      field: 'marks',
      position: 3,
      details: [{ index: 1, message: 'why' }],
      cause: new Error('inner'),
    })
    expect(await errorResponse(error).json()).toEqual({
      error: {
        code: 'BAD_MARKS',
        message:
          '1 of 2 is bad; mend the marks at these indexes and send the whole batch again; nothing was written',
        field: 'marks',
        position: 3,
        details: [{ index: 1, message: 'why' }],
      },
    })
  })
})

describe('errorResponse of TOO_MANY_REPORTS', () => {
  it('says when to try again', () => {
    expect(errorResponse(new BitcohortError('TOO_MANY_REPORTS', 'x')).headers.get('retry-after')).toBe('1')
    expect(errorResponse(new BitcohortError('TOO_LARGE', 'x')).headers.get('retry-after')).toBeNull()
  })
})

describe('handler', () => {
  const request = new Request('http://localhost/')

  it('logs faults of our own, and answers them without details', async () => {
    const logged: unknown[] = []
    const failing = handler(
      () => Promise.reject(new TypeError('inner')),
      ({ cause }) => logged.push(cause),
    )
    const response = await failing(request)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('inner')
    expect(logged).toEqual([new TypeError('inner')])
  })

  it('logs neither bad questions nor outages', async () => {
    for (const error of [new BitcohortError('BAD_PERIOD', 'x'), new Error('Command timed out')]) {
      const failing = handler(
        () => Promise.reject(error),
        () => expect.unreachable(),
      )
      expect((await failing(request)).ok).toBe(false)
    }
  })
})

describe('refuseMethod', () => {
  it('names the methods that there are', async () => {
    const response = refuseMethod('GET, HEAD')(new Request('http://localhost/', { method: 'PUT' }))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD')
    expect(await response.json()).toMatchObject({ error: { code: 'BAD_METHOD', field: 'method' } })
  })
})

describe('json', () => {
  it('is kept by nobody', () => {
    expect(json({}).headers.get('cache-control')).toBe('no-store')
    expect(json({}).headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('csvFile', () => {
  it('is a download with a name', () => {
    const { headers } = csvFile('a\r\n', 'retention-week')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe('attachment; filename="retention-week.csv"')
    expect(headers.get('cache-control')).toBe('no-store')
  })
})
