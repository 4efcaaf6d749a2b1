import { BitcohortError, expected } from '../bitmapist/face'
import { isLoopback } from './config'

const READS = ['GET', 'HEAD', 'OPTIONS']
/** The API's own paths, and those of the official event libraries; all others are pages. */
const CALLS = /^\/(api|v1)(\/|$)/

/**
 * Why a request is refused where there is no sign-in (AUTH=none), or null.
 * A foreign Host is a page of elsewhere whose name was pointed at this machine (DNS rebinding); a foreign Origin of a
 * write is a page of elsewhere that sends to this one, and so is a write that the browser itself calls cross-site.
 */
export function refusalOf(
  { method, headers }: Pick<Request, 'method' | 'headers'>,
  path = '/',
): BitcohortError | null {
  const host = headers.get('host') ?? ''
  if (!isLoopback(hostName(host)))
    return forbidden('host', expected('host', 'localhost, 127.0.0.1 or [::1]', host))
  if (!isDecodable(path))
    return new BitcohortError('NOT_FOUND', expected('path', 'valid percent encoding', path), {
      field: 'path',
    })
  if (READS.includes(method)) return null
  const origin = headers.get('origin')
  // Programs that call the API send none; a browser sends one with every form, so a page's write without it is forged.
  const isOwn = origin === null ? CALLS.test(path) : hostOf(origin) === host.toLowerCase()
  if (!isOwn)
    return forbidden('origin', expected('origin', `the page's own, http://${host}`, origin ?? 'none'))
  const site = headers.get('sec-fetch-site')
  if (site?.toLowerCase() !== 'cross-site') return null
  return forbidden('sec-fetch-site', expected('sec-fetch-site', 'a page of this server', site))
}

/** A path that is not would end as a fault in the router. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, '')
}

/** Host and port of an origin; `null`, as sandboxed pages send it, has none. */
function hostOf(origin: string): string | null {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? null
}

function forbidden(field: string, what: string): BitcohortError {
  return new BitcohortError('FORBIDDEN', what, { field })
}
