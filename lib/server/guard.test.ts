import { describe, expect, it } from 'vitest'
import { refusalOf } from './guard'

const refusal = (method: string, headers: Record<string, string>, path = '/api/v1/marks') =>
  refusalOf({ method, headers: new Headers(headers) }, path)

describe('refusalOf', () => {
  it.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '127.8.9.1', '[::1]:3000', 'LocalHost:1'])(
    'lets the host %s pass',
    (host) => {
      expect(refusal('GET', { host })).toBeNull()
    },
  )

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '10.0.0.1',
    '',
  ])('refuses the host "%s"', (host) => {
    expect(refusal('GET', { host })).toMatchObject({ code: 'FORBIDDEN', field: 'host' })
  })

  it('refuses a request without a host', () => {
    expect(refusal('GET', {})).toMatchObject({ code: 'FORBIDDEN', field: 'host' })
  })

  it.each([undefined, 'http://localhost:3000', 'http://LOCALHOST:3000'])(
    'lets a write of %s pass',
    (origin) => {
      expect(refusal('POST', { host: 'localhost:3000', ...(origin && { origin }) })).toBeNull()
    },
  )

  it.each(['null', 'http://localhost:4000', 'http://localhost', 'http://evil.example', 'file://', ''])(
    'refuses a write of the origin "%s"',
    (origin) => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        expect(refusal(method, { host: 'localhost:3000', origin })).toMatchObject({
          code: 'FORBIDDEN',
          field: 'origin',
        })
    },
  )

  it.each(['/', '/users', '/users/123', '/retention', '/settings', '/apis'])(
    'refuses a write to the page %s unless its origin is ours',
    (path) => {
      const host = 'localhost:3000'
      expect(refusal('POST', { host, origin: 'http://localhost:3000' }, path)).toBeNull()
      for (const origin of [undefined, 'null', 'http://evil.example'])
        expect(refusal('POST', { host, ...(origin && { origin }) }, path)).toMatchObject({
          code: 'FORBIDDEN',
          field: 'origin',
        })
    },
  )

  it.each([undefined, 'http://localhost:3000'])(
    'refuses a write that the browser calls cross-site, with the origin %s',
    (origin) => {
      const request = (site: string) => ({
        host: 'localhost:3000',
        'sec-fetch-site': site,
        ...(origin && { origin }),
      })
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        expect(
          refusalOf({ method, headers: new Headers(request('cross-site')) }, '/api/v1/marks'),
        ).toMatchObject({
          code: 'FORBIDDEN',
          field: 'sec-fetch-site',
        })
      expect(refusalOf({ method: 'GET', headers: new Headers(request('cross-site')) })).toBeNull()
      for (const site of ['same-origin', 'none'])
        expect(refusalOf({ method: 'POST', headers: new Headers(request(site)) }, '/api/v1/marks')).toBeNull()
    },
  )

  it('lets any origin read: a browser shows the answer to nobody else', () => {
    expect(refusal('GET', { host: 'localhost', origin: 'http://evil.example' })).toBeNull()
  })

  it('refuses a path that cannot be decoded', () => {
    const request = { method: 'GET', headers: new Headers({ host: 'localhost' }) }
    expect(refusalOf(request, '/api/%zz')).toMatchObject({ code: 'NOT_FOUND', field: 'path' })
    expect(refusalOf(request, '/api/%C3%A9')).toBeNull()
  })
})
