import { call } from './store/call'
import type { Server } from './store/server'

/** A holder that says nothing for so long is taken to have ended. */
const LEASE_MS = 5000

/** The right to do something that one process at a time should do; it ends with the process that holds it. */
export class Lease {
  private token: string | null = null

  /**
   * @param key names the right
   * @param holders a hash's field that counts the processes, so that each has a token of its own
   */
  constructor(
    private readonly server: Server,
    private readonly key: string,
    private readonly holders: { readonly key: string; readonly field: string },
  ) {}

  /** The right, to be given back; null while another process has it. @param now makes the token unlike any of before a flush */
  async take(now: Date): Promise<Held | null> {
    const { server, key } = this
    this.token ??= await this.newToken(now)
    const [reply] = await server.run([call('set', key, this.token, 'NX', 'PX', LEASE_MS)])
    return reply === 'OK' ? new Held(server, key, this.token) : null
  }

  private async newToken(now: Date): Promise<string> {
    const { key, field } = this.holders
    const [, token] = await this.server.run([
      call('hsetnx', key, field, now.getTime()),
      call('hincrby', key, field, 1),
    ])
    return String(token)
  }
}

/** A right that is held: renewed until it is given back, or lost where the server has lost it. */
export class Held {
  private readonly beat: ReturnType<typeof setInterval>
  private lost = false

  constructor(
    private readonly server: Server,
    private readonly key: string,
    private readonly token: string,
  ) {
    // A beat that fails tells nothing: the next question does.
    this.beat = setInterval(() => void this.renew().catch(() => {}), LEASE_MS / 4)
    this.beat.unref?.()
  }

  /** Whether it was found to be lost; as of the last beat. */
  get isLost(): boolean {
    return this.lost
  }

  /** Whether it is still held, asked of the server. */
  async stands(): Promise<boolean> {
    if (this.lost) return false
    const [holder] = await this.server.run([call('get', this.key)])
    this.lost = holder !== this.token
    return !this.lost
  }

  async release(): Promise<void> {
    clearInterval(this.beat)
    const stands = await this.stands()
    this.lost = true
    if (stands) await this.server.run([call('del', this.key)])
  }

  private async renew(): Promise<void> {
    if (await this.stands()) await this.server.run([call('pexpire', this.key, LEASE_MS)])
  }
}
