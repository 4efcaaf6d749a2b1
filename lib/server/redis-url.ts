/** Where a node listens. */
export interface Node {
  readonly host: string
  readonly port: number
}

/** Where Redis is. `label` is for logs and messages: the URL without its secrets. */
export type RedisAddress = {
  readonly username?: string
  readonly password?: string
  readonly db: number
  readonly label: string
} & (
  | ({ readonly kind: 'tcp'; readonly tls: boolean } & Node)
  | { readonly kind: 'unix'; readonly path: string }
  /** Some of a cluster's nodes, of which it tells the others. */
  | { readonly kind: 'cluster'; readonly tls: boolean; readonly nodes: readonly Node[] }
)

const FORMS = 'redis://host:6379/0, rediss://… or redis+unix:///path/to/socket?db=0'

/**
 * Reads REDIS_URL: one address, or with `cluster` those of some nodes, `redis://a:7000,redis://b:7000`, whose first one
 * says the credentials and whether by TLS for all.
 * @throws Error, one line that begins with the variable's name and does not hold the password
 */
export function parseRedisUrl(text: string, { cluster = false } = {}): RedisAddress {
  const [first, ...others] = text.split(/,(?=[a-z+]+:\/\/)/i).map(parseOne)
  if (first === undefined) throw new TypeError('unreachable: a split text has a part')
  if (cluster) return clusterOf([first, ...others])
  if (others.length === 0) return first
  throw new Error(`REDIS_URL expected one address (a list needs REDIS_CLUSTER=1), got ${others.length + 1}`)
}

function clusterOf(addresses: readonly [RedisAddress, ...RedisAddress[]]): RedisAddress {
  const nodes = addresses.map((address): Node => {
    if (address.kind === 'tcp' && address.db === 0) return { host: address.host, port: address.port }
    const what = address.kind === 'tcp' ? 'no database but 0' : 'redis://host:port nodes'
    throw new Error(`REDIS_URL expected ${what} in a cluster, got ${JSON.stringify(address.label)}`)
  })
  const [{ username, password, ...first }] = addresses
  return {
    kind: 'cluster',
    nodes,
    tls: first.kind === 'tcp' && first.tls,
    db: 0,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    label: addresses.map(({ label }) => label).join(','),
  }
}

function parseOne(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null
  // A text of no form of ours may hold a password anywhere: it is not repeated.
  if (!url) throw new Error(`REDIS_URL expected ${FORMS}, got a text that is no URL`)
  const fail = (what: string) => new Error(`REDIS_URL expected ${what}, got ${JSON.stringify(labelOf(url))}`)
  switch (url.protocol) {
    case 'redis:':
    case 'rediss:': {
      if (url.hostname === '') throw fail('a host')
      if (url.search !== '' || url.hash !== '') throw fail('nothing after the number of the database')
      return {
        kind: 'tcp',
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 6379 : Number(url.port),
        tls: url.protocol === 'rediss:',
        db: database(url.pathname.slice(1), fail),
        ...credentials(url, fail),
      }
    }
    case 'redis+unix:': {
      if (url.pathname.length < 2 || url.host !== '') throw fail('three slashes and the path of a socket')
      if ([...url.searchParams.keys()].some((name) => name !== 'db')) throw fail('only ?db= after the path')
      const db = database(url.searchParams.get('db') ?? '', fail)
      return { kind: 'unix', path: decode(url.pathname, fail), db, ...credentials(url, fail) }
    }
    default:
      throw new Error(`REDIS_URL expected ${FORMS}, got a URL of another kind`)
  }
}

type Fail = (what: string) => Error

function database(text: string, fail: Fail): number {
  if (!/^\d{0,5}$/.test(text)) throw fail('an integer as the number of the database')
  return Number(text)
}

function credentials(url: URL, fail: Fail): { username?: string; password?: string; label: string } {
  return {
    ...(url.username === '' ? {} : { username: decode(url.username, fail) }),
    ...(url.password === '' ? {} : { password: decode(url.password, fail) }),
    label: labelOf(url),
  }
}

function labelOf(url: URL): string {
  const masked = new URL(url)
  if (masked.password !== '') masked.password = '***'
  // What follows "?" is no part of an address of ours, except `db`: it could be a password.
  for (const name of new Set(masked.searchParams.keys()))
    if (name !== 'db') masked.searchParams.set(name, '***')
  return masked.href
}

function decode(text: string, fail: Fail): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw fail('valid percent encoding')
  }
}
