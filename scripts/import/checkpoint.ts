import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Position } from './blocks'
import type { Tally } from './tally'

/** How far an import is: what comes before is in Redis. */
export interface Checkpoint {
  /** Which of the inputs. */
  readonly file: number
  /** Where in it. */
  readonly position: Position
  readonly tally: Tally
  /** How long the file of rejected rows is. */
  readonly rejectedBytes: number
}

const VERSION = 1
/** Imports that nobody finishes are forgotten. */
const KEPT_SECONDS = 30 * 24 * 3600

/**
 * Where an import notes how far it is: in the Redis that it fills, after the marks themselves. So a Redis that lost
 * marks (restarted without its newest data, flushed, another one) has lost the note about them too.
 */
export class Checkpoints {
  private readonly key: string

  /** @param identity whatever makes it another import when it changes, as JSON */
  constructor(
    private readonly redis: Redis,
    prefix: string,
    identity: unknown,
  ) {
    const hash = createHash('sha256').update(JSON.stringify([VERSION, identity]))
    this.key = `bitcohort:{${prefix}}:import:${hash.digest('hex').slice(0, 32)}`
  }

  async read(): Promise<Checkpoint | null> {
    const text = await this.redis.get(this.key)
    return text === null ? null : JSON.parse(text)
  }

  async write(checkpoint: Checkpoint): Promise<void> {
    await this.redis.set(this.key, JSON.stringify(checkpoint), 'EX', KEPT_SECONDS)
  }

  async forget(): Promise<void> {
    await this.redis.del(this.key)
  }
}
