import { type KeyMeaning, ownKey } from './key'
import { type Meta, metaKey } from './meta'
import { period, UNITS, type Unit } from './period'
import {
  type Adopted,
  type Begun,
  type Complete,
  FIELDS,
  type Field,
  parseScan,
  type Scanned,
} from './scan-record'
import { add, type Found, nothing } from './snapshot'
import { type Call, call } from './store/call'
import type { Server } from './store/server'
import type { Trust, Watcher } from './store/tracker'
import { Watch } from './store/watch'

export type { Adopted, Begun, Complete } from './scan-record'

/** What the records say. */
export interface State extends Scanned {
  /** Whether the server can keep records. */
  readonly isKept: boolean
  /** Another one where anything has been announced or taken away; null where nothing ever was. */
  readonly version: string | null
  /** The text of the project's settings, which change where data is deleted. */
  readonly meta: string | null
  readonly found: Found
}

const NO_RECORDS = { isKept: false, version: null, complete: null, running: null, adopted: null }

/** What servers answer where they cannot take what we write; before Redis 6.2 they do not know ZADD with LT. */
const UNWRITABLE = /^(NOPERM|READONLY|OOM|MISCONF|NOREPLICAS|ERR syntax error)/

/** Whether a command failed because this connection cannot write there. */
export function isUnwritable(error: unknown): boolean {
  return error instanceof Error && UNWRITABLE.test(error.message)
}

/** Members of one command: more would be too many arguments of a call. */
const MEMBERS_A_CALL = 1000

function slices<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / MEMBERS_A_CALL)
  return Array.from({ length: count }, (_, i) => items.slice(i * MEMBERS_A_CALL, (i + 1) * MEMBERS_A_CALL))
}

interface Beside {
  readonly meta: Meta
  /** Tells of changes; null where nobody does. */
  readonly watcher: Watcher | null
}

/**
 * Which events and attributes there are, kept beside the marks for all processes:
 * - `registry:first`, `registry:last`: sorted sets of `d active` (unit and event), by the ordinal of the first and the
 *   last period that has a key; `registry:attributes`: a set of names;
 * - `registry:version`: grows with every change of these, and is never the same again, even once it was deleted;
 * - `scan`: a hash about the last complete scan of keys, the one that runs, and the last adoption of known users.
 */
export class Records {
  readonly first: string
  readonly last: string
  readonly attributes: string
  readonly version: string
  readonly scan: string
  /** The lists, as they were last read. */
  private held: Pick<State, 'version' | 'meta' | 'found'> = { version: null, meta: null, found: nothing() }
  /** The hash, as it was last read. */
  private scanned: Scanned & { readonly values: readonly unknown[] } = { values: [], ...parseScan([]) }
  private readonly looking: readonly Call[]
  private readonly meta: Meta
  private readonly watch: Watch | null

  constructor(
    private readonly server: Server,
    prefix: string,
    { meta, watcher }: Beside,
  ) {
    this.meta = meta
    this.first = ownKey(prefix, 'registry:first')
    this.last = ownKey(prefix, 'registry:last')
    this.attributes = ownKey(prefix, 'registry:attributes')
    this.version = ownKey(prefix, 'registry:version')
    this.scan = ownKey(prefix, 'scan')
    this.looking = [call('get', this.version), meta.call, call('hmget', this.scan, ...FIELDS)]
    this.watch = watcher && new Watch(watcher, [this.version, metaKey(prefix), this.scan])
  }

  /**
   * What they say now: one round trip, and another one where the lists have changed. No trip where Redis would have told
   * of a change.
   * @param trust all changes until it was asked for have become known by it
   * @throws BAD_SETTINGS
   */
  async look(trust?: Promise<Trust | null>): Promise<State> {
    if (trust && this.stands && (await trust)?.asOf === Number.POSITIVE_INFINITY && this.stands)
      return this.state
    const { server, meta, watch } = this
    if (!(await server.capabilities()).records) {
      await meta.check()
      return { ...NO_RECORDS, meta: meta.current, found: nothing() }
    }
    await (watch ? watch.read(() => this.read()) : this.read())
    const { state } = this
    // For the looks to come.
    if (trust) watch?.ask()
    return state
  }

  /** Whether what was read last is what there is, as far as changes have become known. */
  private get stands(): boolean {
    return this.watch?.stands === true && this.held.meta === this.meta.current
  }

  /** What was read last. */
  private get state(): State {
    const { complete, running, adopted } = this.scanned
    return { isKept: true, ...this.held, complete, running, adopted }
  }

  private async read(): Promise<void> {
    const { server, meta } = this
    const [reply, text, fields] = await meta.guard(() => server.run(this.looking))
    meta.accept(text)
    const version = typeof reply === 'string' ? reply : null
    if (version !== this.held.version || meta.current !== this.held.meta)
      this.held = { version, meta: meta.current, found: await this.readLists() }
    const values = Array.isArray(fields) ? fields : []
    if (!isSame(values, this.scanned.values)) this.scanned = { values, ...parseScan(values) }
  }

  private async readLists(): Promise<Found> {
    const [firsts, lasts, attributes] = await this.server.run([
      call('zrange', this.first, 0, -1, 'WITHSCORES'),
      call('zrange', this.last, 0, -1, 'WITHSCORES'),
      call('smembers', this.attributes),
    ])
    const found = nothing()
    for (const [member, index] of [...scores(firsts), ...scores(lasts)]) {
      const meaning = meaningOf(member, index)
      if (meaning) add(meaning, found)
    }
    if (Array.isArray(attributes)) for (const name of attributes) found.attributes.add(String(name))
    return found
  }

  /** Makes keys known: to be sent before they are written, so that whoever sees a mark can know of it. */
  announce(meanings: readonly KeyMeaning[], now: Date): readonly Call[] {
    if (meanings.length === 0) return []
    const members = meanings.flatMap((meaning) =>
      meaning.kind === 'event' ? [[meaning.period.index, memberOf(meaning)] as const] : [],
    )
    const names = meanings.flatMap((meaning) => (meaning.kind === 'attribute' ? [meaning.name] : []))
    const calls = [
      ...slices(members).flatMap((some) => [
        call('zadd', this.first, 'LT', ...some.flat()),
        call('zadd', this.last, 'GT', ...some.flat()),
      ]),
      ...slices(names).map((some) => call('sadd', this.attributes, ...some)),
    ]
    return [...calls, ...this.renew(now)]
  }

  /** A version that never was. */
  renew(now: Date): readonly Call[] {
    return [call('set', this.version, now.getTime(), 'NX'), call('incr', this.version)]
  }

  /** Notes how far a scan is, so that another process can go on with it. */
  noteBegun({ begun, spentMs, seen, total, cursors }: Begun): Call {
    const places = JSON.stringify(Object.fromEntries(cursors))
    return this.noting({ begun: begun.getTime(), spent: spentMs, seen, total, cursors: places })
  }

  /** Notes that a scan is through. */
  noteComplete({ asOf, tookMs }: Complete): readonly Call[] {
    const done = ['begun', 'spent', 'seen', 'total', 'cursors'] satisfies readonly Field[]
    return [this.noting({ asOf: asOf.getTime(), took: tookMs }), call('hdel', this.scan, ...done)]
  }

  /** Takes back that a scan is through. */
  forgetComplete(): Call {
    return call('hdel', this.scan, ...(['asOf', 'took'] satisfies readonly Field[]))
  }

  /** Notes that everyone known is up to an instant. */
  noteAdopted({ asOf, begun, tookMs }: Adopted): Call {
    return this.noting({ knownAsOf: asOf.getTime(), knownBegun: begun.getTime(), knownTook: tookMs })
  }

  /** Takes back that everyone is known. */
  forgetAdopted(): Call {
    return call('hdel', this.scan, ...(['knownAsOf', 'knownBegun', 'knownTook'] satisfies readonly Field[]))
  }

  private noting(values: Partial<Record<Field, string | number>>): Call {
    return call('hset', this.scan, ...Object.entries(values).flat())
  }
}

/** An event and its unit, as the sorted sets have them. */
export function memberOf({ event, period: { unit } }: Extract<KeyMeaning, { kind: 'event' }>): string {
  return `${unit[0]} ${event}`
}

function meaningOf(member: string, index: number): KeyMeaning | null {
  const unit = UNITS.find((each): each is Exclude<Unit, 'year'> => each !== 'year' && each[0] === member[0])
  return unit ? { kind: 'event', event: member.slice(2), period: period(unit, index) } : null
}

/** RESP2 answers one list of members and scores, RESP3 a list of pairs. */
function scores(reply: unknown): readonly (readonly [string, number])[] {
  const flat: unknown[] = Array.isArray(reply) ? reply.flat() : []
  return flat.flatMap((member, i) => (i % 2 === 0 ? [[String(member), Number(flat[i + 1])] as const] : []))
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i])
}
