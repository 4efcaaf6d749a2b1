import { type Cluster, type Command, Pipeline, type Redis } from 'ioredis'
import { BitcohortError, expected } from '../errors'
import { type Call, call } from './call'
import { type Capabilities, probe } from './capabilities'
import { runGrouped } from './grouped'
import { onRenewal } from './renewal'

/** A connection to one Redis (alone, or found by Sentinel), or to a Redis Cluster. */
export type Client = Redis | Cluster

/**
 * What a cluster's node answers where a key is elsewhere or on its way, and how ioredis tells that the node is gone:
 * another way of asking may get through.
 */
const ELSEWHERE =
  /^(MOVED |ASK |TRYAGAIN |CLUSTERDOWN |Connection is closed|Command aborted due to connection close)/
const CLOSED = 'Connection is closed.'
/** Keys of one DEL or UNLINK pipeline. */
const KEYS_A_TRIP = 1000

/**
 * Where a project's keys are: one Redis, or the primaries of a cluster. Commands may be of any keys; they are sent in
 * one pipeline a node. Sending them again does no harm: what a dying connection left unanswered is asked again.
 */
export class Server {
  private found: { readonly life: number; readonly capabilities: Promise<Capabilities> } | null = null

  /** @param probeKey a key that is never written: what the server can do is tried on it */
  constructor(
    readonly client: Client,
    private readonly probeKey: string,
  ) {
    const { keyPrefix = '' } = client.options
    if (keyPrefix !== '') throw refused('keyPrefix', keyPrefix)
    const { stringNumbers = false } = (isCluster(client) ? client.options.redisOptions : client.options) ?? {}
    if (stringNumbers) throw refused('stringNumbers', stringNumbers)
    livesOf(client)
  }

  /**
   * What the server can do, found out once a connection: another server may answer the next one. What it refuses only
   * for now (a replica, a full one) is asked again each time.
   */
  capabilities(): Promise<Capabilities> {
    const { life } = this
    if (this.found?.life === life) return this.found.capabilities
    const probed = probe((calls) => this.exec(calls), this.probeKey)
    const found = { life, capabilities: probed.then(({ capabilities }) => capabilities) }
    const forget = () => {
      if (this.found === found) this.found = null
    }
    this.found = found
    probed.then(({ isLasting }) => (isLasting ? undefined : forget()), forget)
    return found.capabilities
  }

  /** How often the connection was lost: a server that answers now may not be the one that did. */
  get life(): number {
    return livesOf(this.client).count
  }

  /** Whether the commands of a run are executed in their order: a cluster's nodes know nothing of each other. */
  get inOrder(): boolean {
    return !isCluster(this.client)
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

  /** The nodes that hold keys: one, or a cluster's primaries. @throws where no node of the cluster answers */
  async primaries(): Promise<readonly Redis[]> {
    const { client } = this
    if (!isCluster(client)) return [client]
    await slotsOf(client)
    return client.nodes('master')
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
    return isCluster(client) ? askNodes(client, asked) : pipelined(client, asked)
  }
}

function refused(option: string, got: unknown): BitcohortError {
  return new BitcohortError('BAD_SETTINGS', expected('redis', `a connection without ${option}`, got))
}

/** Whether a client is a cluster's. */
export function isCluster(client: Client): client is Cluster {
  return client.isCluster
}

const lives = new WeakMap<Client, { count: number }>()

/** How often a client has lost its connection. Many servers may share a client: it is watched once. */
function livesOf(client: Client): { count: number } {
  const known = lives.get(client)
  if (known) return known
  const life = { count: 0 }
  lives.set(client, life)
  onRenewal(client, () => {
    life.count++
  })
  if (isCluster(client)) {
    for (const node of client.nodes()) keepAsking(node)
    client.on('+node', keepAsking)
  }
  return life
}

/** ioredis drops the promise of the ASKING that it sends: where that node is gone, its rejection ended the process. */
function keepAsking(node: Redis): void {
  const asking = node.asking.bind(node)
  node.asking = () => {
    const asked = asking()
    asked.catch(() => {})
    return asked
  }
}

interface Asked {
  readonly call: Call
  readonly command: Command
}

async function pipelined(redis: Redis, asked: readonly Asked[]): Promise<readonly unknown[]> {
  const pipeline = redis.pipeline()
  for (const { command } of asked) Pipeline.prototype.sendCommand.call(pipeline, command)
  const replies = (await pipeline.exec()) ?? []
  return replies.map(([error, reply]) => error ?? reply)
}

/**
 * Asks each key's own node. A pipeline of the cluster's client is not used: where one key has moved it sends all of
 * the pipeline after it, and back again.
 */
async function askNodes(client: Cluster, asked: readonly Asked[]): Promise<readonly unknown[]> {
  const slots = await slotsOf(client)
  const nodes = new Map(
    client.nodes('master').map((node) => [`${node.options.host}:${node.options.port}`, node]),
  )
  const nodeOf = ({ command }: Asked) => slots[command.getSlot()]?.[0] ?? ''
  return runGrouped(asked, nodeOf, async (name, group) => {
    const node = nodes.get(name)
    const answers = node ? await pipelined(node, group) : group.map(() => new Error(CLOSED))
    return Promise.all(group.map((each, i) => askAgain(client, each, answers[i])))
  })
}

/** Which nodes hold each slot; a client that was just made has yet to ask. */
async function slotsOf(client: Cluster): Promise<Cluster['slots']> {
  if (client.slots.length > 0) return client.slots
  if (client.status === 'end') throw new Error(CLOSED)
  // It fails where the client does: that is told below.
  if (client.status === 'wait') client.connect().catch(() => {})
  await new Promise<void>((resolve, reject) => {
    client.delayUntilReady((error) => (error ? reject(error) : resolve()))
  })
  return client.slots
}

/** Asks again alone where a key was not found at its node: ioredis then finds the way, or gives up after a while. */
async function askAgain(client: Cluster, { call: asked }: Asked, answer: unknown): Promise<unknown> {
  if (!(answer instanceof Error) || !ELSEWHERE.test(answer.message)) return answer
  try {
    return await client.sendCommand(asked.make())
  } catch (error) {
    return error
  }
}
