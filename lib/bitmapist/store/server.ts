import { type Cluster, type Command, Pipeline, type Redis } from 'ioredis'
import { BitcohortError, expected } from '../errors'
import { type Call, call } from './call'
import { type Capabilities, probe } from './capabilities'

/** A connection to one Redis (alone, or found by Sentinel), or to a Redis Cluster. */
export type Client = Redis | Cluster

/** What a cluster's node answers where a key is elsewhere, or on its way: another way of asking gets through. */
const REDIRECTED = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /
/** Keys of one DEL or UNLINK pipeline. */
const KEYS_A_TRIP = 1000

/**
 * Where a project's keys are: one Redis, or the nodes of a cluster. Commands may be of any keys; they are sent in one
 * pipeline a node.
 */
export class Server {
  private found: Promise<Capabilities> | null = null

  /** @param probeKey a key that is never written: what the server can do is tried on it */
  constructor(
    readonly client: Client,
    private readonly probeKey: string,
  ) {
    const { keyPrefix = '' } = client.options
    if (keyPrefix !== '')
      throw new BitcohortError('BAD_SETTINGS', expected('redis', 'a connection without keyPrefix', keyPrefix))
    // Another server may answer from now on.
    client.on('close', () => {
      this.found = null
    })
  }

  /** What the server can do, found out once a connection. */
  capabilities(): Promise<Capabilities> {
    if (this.found) return this.found
    const found = probe((calls) => this.exec(calls), this.probeKey)
    this.found = found
    found.catch(() => {
      if (this.found === found) this.found = null
    })
    return found
  }

  /**
   * Runs commands that must all succeed, in one round trip a node; no trip for none.
   * @returns their replies, in their order
   * @throws WRONG_TYPE for a key that holds no string; else the first failed command's own error
   */
  async run(calls: readonly Call[]): Promise<readonly unknown[]> {
    const replies = await this.exec(calls)
    return replies.map((reply, i) => {
      if (!(reply instanceof Error)) return reply
      if (!reply.message.startsWith('WRONGTYPE')) throw reply
      throw new BitcohortError('WRONG_TYPE', expected('key', 'a bitmap', calls[i]?.key), { cause: reply })
    })
  }

  /** The nodes that hold keys: one, or a cluster's primaries. */
  primaries(): readonly Redis[] {
    return isCluster(this.client) ? this.client.nodes('master') : [this.client]
  }

  /** Removes keys. Idempotent. @returns how many there were */
  async drop(keys: readonly string[]): Promise<number> {
    const verb = (await this.capabilities()).unlink ? 'unlink' : 'del'
    let dropped = 0
    for (let from = 0; from < keys.length; from += KEYS_A_TRIP) {
      const replies = await this.run(keys.slice(from, from + KEYS_A_TRIP).map((key) => call(verb, key)))
      for (const reply of replies) dropped += Number(reply)
    }
    return dropped
  }

  /** Replies, or errors in their places. */
  private async exec(calls: readonly Call[]): Promise<readonly unknown[]> {
    const { client } = this
    if (calls.length === 0) return []
    const asked = calls.map((each): Asked => ({ call: each, command: each.make() }))
    if (!isCluster(client)) return pipelined(client, asked)
    const replies = new Map<Asked, unknown>()
    const byNode = groupBy(asked, ({ command }) => client.slots[command.getSlot()]?.join(' ') ?? '')
    await Promise.all(
      byNode.map(async (group) => {
        const answers = await pipelined(client, group).catch((error: Error) => group.map(() => error))
        const settled = await Promise.all(group.map((each, i) => redirected(client, each, answers[i])))
        group.forEach((each, i) => {
          replies.set(each, settled[i])
        })
      }),
    )
    return asked.map((each) => replies.get(each))
  }
}

function isCluster(client: Client): client is Cluster {
  return client.isCluster
}

interface Asked {
  readonly call: Call
  readonly command: Command
}

async function pipelined(client: Client, asked: readonly Asked[]): Promise<readonly unknown[]> {
  const pipeline = client.pipeline()
  for (const { command } of asked) Pipeline.prototype.sendCommand.call(pipeline, command)
  const replies = (await pipeline.exec()) ?? []
  return replies.map(([error, reply]) => error ?? reply)
}

function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const name = nameOf(item)
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return [...groups.values()]
}

/** Asks again alone where a slot has moved since the client last looked: ioredis then finds the way. */
async function redirected(client: Cluster, { call: asked }: Asked, answer: unknown): Promise<unknown> {
  if (!(answer instanceof Error)) return answer
  const isElsewhere = REDIRECTED.test(answer.message) || answer.message.includes('slots allocation group')
  if (!isElsewhere) return answer
  try {
    return await client.sendCommand(asked.make())
  } catch (error) {
    return error
  }
}
