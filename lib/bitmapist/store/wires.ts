import type { Cluster, Redis } from 'ioredis'
import { type Call, call } from './call'
import { runGrouped } from './grouped'
import { Link } from './link'
import { onRenewal } from './renewal'
import type { Sink } from './reply'
import { type Asked, runWith } from './route'
import { isCluster, type Server } from './server'
import type { Runner } from './tracker'
import { Wire } from './wire'

/** Where there is one server only. */
export const ALONE = ''

/** The node that a key is at, as far as its client knows. */
export function nodeOf(client: Cluster, key: string): string {
  const slot = call('exists', key).make().getSlot()
  return client.slots[slot ?? 0]?.[0] ?? ALONE
}

/** The nodes that have keys, as `nodeOf` names them. */
export function nodesOf(client: Server['client']): readonly string[] {
  return isCluster(client) ? [...new Set(client.slots.map(([node]) => node ?? ALONE))] : [ALONE]
}

/** A connection to a node, as `nodeOf` names it. @throws where the client knows none */
export function connectionTo(client: Server['client'], node: string): Redis {
  if (!isCluster(client)) return client
  const isIt = ({ options: { host, port } }: Redis) => `${host}:${port}` === node
  const found = client.nodes('master').find(isIt)
  if (found === undefined) throw new Error('no node of that name')
  return found
}

/** Reads over a wire to each node; what a wire cannot answer is asked of the server. */
export class Wires implements Runner {
  private readonly links = new Map<string, Link<Wire>>()

  private readonly forget: () => void

  constructor(private readonly server: Server) {
    this.forget = onRenewal(server.client, () => {
      for (const link of this.links.values()) link.renew()
    })
  }

  async run(calls: readonly Call[], sinks: readonly (Sink | undefined)[] = []): Promise<readonly unknown[]> {
    const { client } = this.server
    const asked = calls.map((each, i): Asked => ({ call: each, sink: sinks[i] }))
    const groupOf = isCluster(client) ? (each: Asked) => nodeOf(client, each.call.key) : () => ALONE
    return runGrouped(asked, groupOf, async (node, own) => {
      const wire = await this.linkTo(node).open()
      return (await runWith(wire, own, this.server)).replies
    })
  }

  close(): void {
    this.forget()
    for (const link of this.links.values()) link.close()
  }

  private linkTo(node: string): Link<Wire> {
    const known = this.links.get(node)
    if (known) return known
    // Found anew each time: a node that went and came back has another connection.
    const open = async (ended: () => void) => Wire.open(connectionTo(this.server.client, node), ended)
    const link = new Link({ open })
    this.links.set(node, link)
    return link
  }
}
