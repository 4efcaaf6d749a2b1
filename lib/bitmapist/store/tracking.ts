import type { Cluster } from 'ioredis'
import { call } from './call'
import { Link } from './link'
import { isUntracked, Pair } from './pair'
import { PairTrust } from './pair-trust'
import { onRenewal } from './renewal'
import { isCluster, type Server } from './server'
import type { Changes, Runner, Tracker, Trust, Watcher } from './tracker'
import { ALONE, connectionTo, nodeOf, nodesOf } from './wires'

/** How long bitmaps are kept where the server does not tell of changes. */
const KEEP_MS = 60_000
/** Keys of a cluster whose nodes are remembered; after them all is forgotten once. */
const MAX_OWNERS = 200_000
/** Where a server does not track, it is asked again after so long: another one may answer by then. */
const ASK_AGAIN_MS = 60_000

/** A node's pair. */
interface NodeLink {
  readonly link: Link<Pair>
  /** Whether the node does not track. */
  isUntracked: boolean
}

/**
 * Learns of changes by the server's own tracking: by a pair of connections to each node. Where a server does not track,
 * bitmaps of closed periods are trusted for a minute.
 */
export class Tracking implements Tracker, Watcher {
  private readonly links = new Map<string, NodeLink>()
  /** The node that a key was asked of last. */
  private readonly owners = new Map<string, string>()
  private readonly told: Changes[] = []
  private isClosed = false
  private isUntracked = false
  /** Whether a server has said yet whether it tracks. */
  private isKnown = false
  private readonly forget: () => void

  /** @param reader reads where nothing is tracked */
  constructor(
    private readonly server: Server,
    private readonly clock: () => Date,
    private readonly reader: Runner = server,
  ) {
    this.forget = onRenewal(server.client, () => {
      for (const { link } of this.links.values()) link.renew()
      this.lost()
    })
  }

  get mode(): Tracker['mode'] {
    if (!this.isKnown) return 'unknown'
    return this.isUntracked ? 'ttl' : 'tracking'
  }

  onChange(changes: Changes): void {
    this.told.push(changes)
  }

  async watch(keys: readonly string[]): Promise<boolean> {
    // Of a cluster only a walk knows which nodes its keys are at.
    if (this.isClosed || isCluster(this.server.client)) return false
    const pair = await this.linkTo(ALONE).link.open()
    if (pair === null) return false
    const replies = await pair.run(keys.map((key) => call('exists', key)))
    if (replies.some((reply) => reply instanceof Error)) return false
    // Behind one address may be two servers: then what others read is of one that tells us nothing.
    const [info] = await this.server.run([call('info', 'server')])
    return pair.isToServerOf(String(info))
  }

  async check(keys: () => readonly string[], isClosed: (key: string) => boolean): Promise<Trust | null> {
    if (this.isClosed) return null
    const { client } = this.server
    const asked = isCluster(client) ? this.byOwner(client, keys()) : new Map([[ALONE, []]])
    const pairs = new Map<string, Pair>()
    const strange = new Set<string>()
    await Promise.all(
      [...asked].map(async ([node, own]) => {
        const pair = await this.linkTo(node).link.open()
        if (pair === null) return
        const alive = pair.check()
        const others = foreign(pair, own)
        // A node that hangs leaves them unanswered for as long as a command may take: its pair has ended before.
        others.catch(() => {})
        if (!(await alive)) return
        for (const key of await others) strange.add(key)
        pairs.set(node, pair)
      }),
    )
    this.noteMode()
    if (this.isUntracked) return this.trustForNow(isClosed)
    if (pairs.size < asked.size) return null
    // Another node has them, which this one's pair does not hear of.
    this.changed([...strange])
    const alone = pairs.get(ALONE)
    const pairOf = (key: string) =>
      alone ?? (strange.has(key) ? null : (pairs.get(this.owners.get(key) ?? ALONE) ?? null))
    return new PairTrust(this.server, pairs, pairOf)
  }

  async probe(): Promise<void> {
    if (this.isClosed) return
    // A cluster's client that was just made has yet to ask which nodes there are.
    await this.server.primaries()
    await Promise.all(nodesOf(this.server.client).map((node) => this.linkTo(node).link.open()))
    this.noteMode()
  }

  close(): void {
    this.isClosed = true
    this.forget()
    for (const { link } of this.links.values()) link.close()
  }

  /** A cluster's keys by the node that has them, as far as its client knows. */
  private byOwner(client: Cluster, keys: readonly string[]): ReadonlyMap<string, string[]> {
    if (this.owners.size > MAX_OWNERS) {
      this.owners.clear()
      this.lost()
    }
    const groups = new Map<string, string[]>()
    const moved: string[] = []
    for (const key of keys) {
      const node = nodeOf(client, key)
      const before = this.owners.get(key)
      // What one node's pair heard of says nothing of what another node has.
      if (before !== undefined && before !== node) moved.push(key)
      this.owners.set(key, node)
      const group = groups.get(node)
      if (group) group.push(key)
      else groups.set(node, [key])
    }
    this.changed(moved)
    return groups
  }

  private linkTo(node: string): NodeLink {
    const known = this.links.get(node)
    if (known) return known
    const lost = () => this.lost()
    const open = async (ended: () => void) => {
      const pair = await Pair.open(connectionTo(this.server.client, node), {
        changed: (keys) => this.changed(keys),
        flushed: lost,
        ended,
      })
      found.isUntracked = false
      this.isKnown = true
      return pair
    }
    const pauseMs = (error: unknown) => {
      found.isUntracked = isUntracked(error)
      this.isKnown ||= found.isUntracked
      return found.isUntracked ? ASK_AGAIN_MS : undefined
    }
    const found: NodeLink = { link: new Link({ open, ended: lost, pauseMs }), isUntracked: false }
    this.links.set(node, found)
    return found
  }

  private changed(keys: readonly string[]): void {
    for (const each of this.told) each.changed(keys)
  }

  private lost(): void {
    for (const each of this.told) each.lost()
  }

  private noteMode(): void {
    const isUntracked = [...this.links.values()].some((link) => link.isUntracked)
    if (isUntracked !== this.isUntracked) this.lost()
    this.isUntracked = isUntracked
  }

  private trustForNow(isClosed: (key: string) => boolean): Trust {
    const now = this.clock().getTime()
    return {
      runner: this.reader,
      oldest: now - KEEP_MS,
      asOf: now,
      covers: isClosed,
      seal: async () => true,
    }
  }
}

/**
 * The keys that a cluster's node says it does not have the slot of. It is asked at every report: that a slot moved, or
 * that the node is no primary any more, is told to nobody; and of a key that was absent there not even its removal.
 */
async function foreign(pair: Pair, keys: readonly string[]): Promise<readonly string[]> {
  if (keys.length === 0) return []
  const replies = await pair.run(keys.map((key) => call('exists', key)))
  return keys.filter((_, i) => replies[i] instanceof Error)
}
