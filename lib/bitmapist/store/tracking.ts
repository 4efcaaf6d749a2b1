import type { Cluster, Redis } from 'ioredis'
import { call } from './call'
import { NodeLink } from './node-link'
import type { Pair } from './pair'
import { PairTrust } from './pair-trust'
import type { Server } from './server'
import type { Changes, Tracker, Trust } from './tracker'

/** How long bitmaps are kept where the server does not tell of changes. */
const KEEP_MS = 60_000
/** Keys of a cluster whose nodes are remembered; after them all is forgotten once. */
const MAX_OWNERS = 200_000
/** Where there is one server only. */
const ALONE = ''

/**
 * Learns of changes by the server's own tracking: by a pair of connections to each node. Where a server does not track,
 * bitmaps of closed periods are trusted for a minute.
 */
export class Tracking implements Tracker {
  private readonly links = new Map<string, NodeLink>()
  /** The node that a key was asked of last. */
  private readonly owners = new Map<string, string>()
  private changes: Changes = { changed: () => {}, lost: () => {} }
  private isClosed = false
  private isUntracked = false

  constructor(
    private readonly server: Server,
    private readonly clock: () => Date,
  ) {
    // Another server, or another database, may answer from now on.
    for (const event of ['close', 'select']) server.client.on(event, this.renew)
  }

  get mode(): 'tracking' | 'ttl' {
    return this.isUntracked ? 'ttl' : 'tracking'
  }

  onChange(changes: Changes): void {
    this.changes = changes
  }

  async check(keys: () => readonly string[], isClosed: (key: string) => boolean): Promise<Trust | null> {
    if (this.isClosed) return null
    const { client } = this.server
    const asked = isCluster(client) ? this.byOwner(client, keys()) : new Map([[ALONE, []]])
    const pairs = new Map<string, Pair>()
    const strange = new Set<string>()
    await Promise.all(
      [...asked].map(async ([node, own]) => {
        const pair = (await this.linkTo(node)?.open()) ?? null
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
    this.changes.changed([...strange])
    const alone = pairs.get(ALONE)
    const pairOf = (key: string) =>
      alone ?? (strange.has(key) ? null : (pairs.get(this.owners.get(key) ?? ALONE) ?? null))
    return new PairTrust(this.server, pairs, pairOf)
  }

  close(): void {
    this.isClosed = true
    for (const event of ['close', 'select']) this.server.client.off(event, this.renew)
    for (const link of this.links.values()) link.close()
  }

  /** A cluster's keys by the node that has them, as far as its client knows. */
  private byOwner(client: Cluster, keys: readonly string[]): ReadonlyMap<string, string[]> {
    if (this.owners.size > MAX_OWNERS) {
      this.owners.clear()
      this.changes.lost()
    }
    const groups = new Map<string, string[]>()
    const moved: string[] = []
    for (const key of keys) {
      const slot = call('exists', key).make().getSlot()
      const node = client.slots[slot ?? 0]?.[0] ?? ALONE
      const before = this.owners.get(key)
      // What one node's pair heard of says nothing of what another node has.
      if (before !== undefined && before !== node) moved.push(key)
      this.owners.set(key, node)
      const group = groups.get(node)
      if (group) group.push(key)
      else groups.set(node, [key])
    }
    this.changes.changed(moved)
    return groups
  }

  private linkTo(node: string): NodeLink | null {
    const { client } = this.server
    const known = this.links.get(node)
    if (known) return known
    const redis = isCluster(client) ? client.nodes('master').find((each) => keyOf(each) === node) : client
    if (redis === undefined) return null
    const link = new NodeLink(redis, {
      changed: (keys) => this.changes.changed(keys),
      lost: () => this.changes.lost(),
    })
    this.links.set(node, link)
    return link
  }

  private noteMode(): void {
    const isUntracked = [...this.links.values()].some((link) => link.isUntracked)
    if (isUntracked !== this.isUntracked) this.changes.lost()
    this.isUntracked = isUntracked
  }

  private trustForNow(isClosed: (key: string) => boolean): Trust {
    const now = this.clock().getTime()
    return {
      runner: this.server,
      oldest: now - KEEP_MS,
      asOf: now,
      covers: isClosed,
      seal: async () => true,
    }
  }

  private readonly renew = (): void => {
    for (const link of this.links.values()) link.renew()
    this.changes.lost()
  }
}

function isCluster(client: Server['client']): client is Cluster {
  return client.isCluster
}

/** As `slots` names a cluster's nodes. */
function keyOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`
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
