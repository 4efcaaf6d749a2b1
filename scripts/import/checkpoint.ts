import { createHash } from 'node:crypto'
import type { Client } from '../../lib/bitmapist'
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

/** A Redis that came back without marks that it had acknowledged; one line. */
export class LossError extends Error {
  override readonly name = 'LossError'
}

/**
 * Where an import notes how far it is: in the Redis that it fills, after the marks themselves. So a Redis that lost
 * marks (restarted without its newest data, flushed, another one) has lost the note about them too.
 */
export class Checkpoints {
  private readonly key: string
  /** What Redis must hold. */
  private noted: string | null = null

  /** @param identity whatever makes it another import when it changes, as JSON */
  constructor(
    private readonly redis: Client,
    prefix: string,
    identity: unknown,
  ) {
    const hash = createHash('sha256').update(JSON.stringify([VERSION, identity]))
    this.key = `bitcohort:{${prefix}}:import:${hash.digest('hex').slice(0, 32)}`
  }

  /** How far an earlier run came. */
  async read(): Promise<Checkpoint | null> {
    this.noted = await this.redis.get(this.key)
    return this.noted === null ? null : JSON.parse(this.noted)
  }

  /** Forgets an earlier run. */
  async restart(): Promise<null> {
    await this.redis.del(this.key)
    return null
  }

  /** @throws LossError */
  async write(checkpoint: Checkpoint): Promise<void> {
    await this.checkHeld()
    this.noted = JSON.stringify(checkpoint)
    await this.redis.set(this.key, this.noted, 'EX', KEPT_SECONDS)
  }

  /** The import is done. @throws LossError */
  async finish(): Promise<void> {
    await this.checkHeld()
    await this.redis.del(this.key)
  }

  private async checkHeld(): Promise<void> {
    if ((await this.redis.get(this.key)) === this.noted) return
    throw new LossError(
      'Redis lost what it had acknowledged: it was restarted without its newest data or flushed, or the same import runs twice.',
    )
  }
}
