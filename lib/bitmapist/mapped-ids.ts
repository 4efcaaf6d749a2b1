import { BitcohortError, expected } from './errors'
import { MappedIdentity } from './identity'
import type { Ids } from './ids'
import type { Server } from './store/server'
import { checkId, type UserId } from './user-id'

/** Ids that are texts, each with a number of our own as its bit. */
export class MappedIds implements Ids<string> {
  private readonly identity: MappedIdentity

  constructor(server: Server, prefix: string) {
    this.identity = new MappedIdentity(server.client, prefix)
  }

  /** A number stands for its decimal digits, as far as it is exact. */
  check(id: UserId): string {
    return checkId(typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id)
  }

  assign(ids: readonly string[]): Promise<readonly number[]> {
    return this.identity.assign(ids)
  }

  async find(ids: readonly UserId[]): Promise<readonly (number | null)[]> {
    return this.identity.find(ids.map((id) => this.check(id)))
  }

  async names(bits: readonly number[]): Promise<readonly string[]> {
    const names = await this.identity.names(bits)
    return names.map((name, i) => {
      if (name !== null) return name
      throw new BitcohortError('NO_ID', expected('user', 'a bit that was given to an id', bits[i]))
    })
  }

  highest(): Promise<number> {
    return this.identity.count()
  }
}
