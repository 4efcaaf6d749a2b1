import crypto from 'node:crypto'
import type { Cluster, Redis } from 'ioredis'
import { BitcohortError, expected } from './errors'
import { DIGEST_BYTES, LIST_IDS, MAX_NUMBER, SCRIPT, SCRIPT_SHA } from './identity-script'
import { ownKey } from './key'
import { inTurns, isDue, nextTurn } from './turn'
import { checkId } from './user-id'

/** Ids of one call of the script: more would hold Redis for longer than a few milliseconds. */
const IDS_A_CALL = 250
/** Bounds of one round trip: what waits in memory. */
const IDS_A_TRIP = 10_000
const LISTS_A_TRIP = 500

type Command = readonly [name: string, ...args: (string | number | Buffer)[]]

/**
 * Numbers for ids of any text, 1, 2, 3 … in the order of first sight, and the ids of numbers. One script gives them
 * out, so that writers at once agree and no number is left out; a crash at any point leaves both directions agreeing.
 * Besides the ids' own bytes it takes 31 bytes a user (`npm run bench`).
 * @see SCRIPT for what it keeps, under `bitcohort:{prefix}:ids…`
 */
export class MappedIdentity {
  private readonly key: string

  constructor(
    private readonly client: Redis | Cluster,
    prefix: string,
  ) {
    this.key = ownKey(prefix, 'ids')
  }

  /**
   * The numbers of ids, in their order; those not seen before get the next ones. Idempotent, so that it is safe to
   * ask again; an id that comes twice has one number.
   * @throws BAD_USER, for 2³² − 1 ids at most have numbers too; NO_ID where keys are missing; WRONG_TYPE
   */
  async assign(ids: readonly string[]): Promise<readonly number[]> {
    return this.numbersOf(ids, true)
  }

  /** The numbers of ids, in their order; null for one that was never given any. @throws BAD_USER, NO_ID, WRONG_TYPE */
  async find(ids: readonly string[]): Promise<readonly (number | null)[]> {
    return (await this.numbersOf(ids, false)).map((number) => number || null)
  }

  /**
   * The ids of numbers, in their order; null for one that was never given out. Neighbours are read at once: ascending
   * numbers are best.
   * @throws NO_ID where a number was given out and its key is missing; WRONG_TYPE
   */
  async names(numbers: readonly number[]): Promise<readonly (string | null)[]> {
    const names = new Map<number, string>()
    for (const runs of slices([...runsOf(numbers).values()], LISTS_A_TRIP)) await this.readRuns(runs, names)
    return numbers.map((number) => names.get(number) ?? null)
  }

  /** The highest number given out; 0 for none. @throws WRONG_TYPE */
  async count(): Promise<number> {
    const [text] = await this.send([['get', this.key]])
    return countOf(text)
  }

  /** The numbers of ids, in their order; 0 for unknown ones. */
  private async numbersOf(ids: readonly string[], give: boolean): Promise<readonly number[]> {
    const places = new Map<string, number>()
    await inTurns(ids, (id) => {
      if (!places.has(id)) places.set(checkId(id), places.size)
    })
    const numbers = await this.askAll([...places.keys()], give)
    if (places.size === ids.length) return numbers
    const all: number[] = []
    await inTurns(ids, (id) => all.push(numbers[places.get(id) ?? -1] ?? 0))
    return all
  }

  /** Trip after trip, so that numbers follow the order of the ids; the next is made while the server answers one. */
  private async askAll(ids: readonly string[], give: boolean): Promise<readonly number[]> {
    const numbers: number[] = []
    const take = (replies: readonly unknown[]) => {
      for (const reply of replies.flat()) numbers.push(Number(reply))
    }
    let sent: Promise<readonly unknown[]> = Promise.resolve([])
    for (const trip of slices(ids, IDS_A_TRIP)) {
      const commands: Command[] = []
      for (const some of slices(trip, IDS_A_CALL)) {
        if (commands.length > 0 && isDue()) await nextTurn()
        commands.push(this.scriptOf(some, give))
      }
      take(await sent)
      sent = this.send(commands)
      // It is awaited when the next trip is made: until then its failure must not end the process.
      sent.catch(() => {})
    }
    take(await sent)
    return numbers
  }

  private scriptOf(ids: readonly string[], give: boolean): Command {
    const command: Command = ['evalsha', SCRIPT_SHA, 1, this.key, digestsOf(ids)]
    return give ? [...command, namesOf(ids)] : command
  }

  private async readRuns(runs: readonly Run[], names: Map<number, string>): Promise<void> {
    const commands = runs.map(({ list, first, last }): Command => {
      const before = list * LIST_IDS + 1
      return ['lrange', `${this.key}:b:${list}`, first - before, last - before]
    })
    // The count comes first: what it holds is in the lists by then.
    const [text, ...replies] = await this.send([['get', this.key], ...commands])
    const count = countOf(text)
    for (const [i, { list, first, last }] of runs.entries()) {
      const found = [replies[i]].flat()
      for (let number = first; number <= Math.min(last, count); number++) {
        const name = found[number - first]
        if (typeof name !== 'string') throw lost(`${this.key}:b:${list}`)
        names.set(number, name)
      }
    }
  }

  /**
   * Replies in the order of the commands, in one round trip. Not by a pipeline: where one of its keys is on its way to
   * another node of a cluster, ioredis asks for all of them there, and those that have not left yet seem not to exist.
   */
  private async send(commands: readonly Command[]): Promise<readonly unknown[]> {
    const outcomes = await Promise.allSettled(
      commands.map(([name, ...args]) => this.client.call(name, ...args)),
    )
    const replies: unknown[] = []
    for (const [i, command] of commands.entries()) {
      const outcome = outcomes[i]
      if (outcome?.status === 'fulfilled') replies.push(outcome.value)
      else replies.push(await this.sendAgain(command, outcome?.reason))
    }
    return replies
  }

  /** Sends the script itself where the server does not know it yet. */
  private async sendAgain([, , ...args]: Command, error: Error): Promise<unknown> {
    if (!error.message.startsWith('NOSCRIPT')) throw await this.failure(error)
    try {
      return await this.client.call('eval', SCRIPT, ...args)
    } catch (second) {
      throw second instanceof Error ? await this.failure(second) : second
    }
  }

  private async failure(error: Error): Promise<Error> {
    const { message } = error
    const missing = /NO_ID (.*:ids(?::[fb]:\d+)?)/s.exec(message)?.[1]
    const isMoving =
      this.client.isCluster && missing !== undefined && (await this.client.exists(missing)) === 1
    if (isMoving || message.includes('access a non local key')) {
      const what = expected('ids', 'keys on one node of the cluster', 'some on their way to another')
      return new BitcohortError('REDIS_UNAVAILABLE', what, { cause: error })
    }
    if (missing !== undefined) return lost(missing)
    if (message.includes('NO_NUMBER')) {
      const what = expected('user', `one of at most ${MAX_NUMBER} different ids`, 'another')
      return new BitcohortError('BAD_USER', what, { field: 'user', cause: error })
    }
    if (!message.includes('WRONGTYPE')) return error
    return new BitcohortError('WRONG_TYPE', expected('key', 'ids', `${this.key}…`), { cause: error })
  }
}

function lost(key: string): BitcohortError {
  return new BitcohortError('NO_ID', expected(key, 'the ids that have numbers', 'none'))
}

/** The first number of the text: while a script gives out more, or after it died, their digests follow it. */
function countOf(text: unknown): number {
  return typeof text === 'string' ? Number.parseInt(text, 10) : 0
}

/** Older versions of Node have no one-shot digest, which takes half the time. */
const hexDigest: (id: string) => string = crypto.hash
  ? (id) => crypto.hash('sha256', id, 'hex')
  : (id) => crypto.createHash('sha256').update(id).digest('hex')

function slices<Item>(items: readonly Item[], length: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / length)
  return Array.from({ length: count }, (_, i) => items.slice(i * length, (i + 1) * length))
}

function digestsOf(ids: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * DIGEST_BYTES)
  for (const [i, id] of ids.entries()) bytes.write(hexDigest(id), i * DIGEST_BYTES, DIGEST_BYTES, 'hex')
  return bytes
}

/** Each id after one byte of its length − 1. */
function namesOf(ids: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.reduce((sum, id) => sum + 1 + Buffer.byteLength(id), 0))
  let at = 0
  for (const id of ids) {
    const length = bytes.write(id, at + 1)
    bytes[at] = length - 1
    at += 1 + length
  }
  return bytes
}

/** Numbers of one list, from the lowest to the highest that are asked for. */
interface Run {
  readonly list: number
  readonly first: number
  readonly last: number
}

function runsOf(numbers: readonly number[]): ReadonlyMap<number, Run> {
  const runs = new Map<number, Run>()
  for (const number of numbers) {
    if (!Number.isInteger(number) || number < 1 || number > MAX_NUMBER) continue
    const list = Math.floor((number - 1) / LIST_IDS)
    const { first, last } = runs.get(list) ?? { first: number, last: number }
    runs.set(list, { list, first: Math.min(first, number), last: Math.max(last, number) })
  }
  return runs
}
