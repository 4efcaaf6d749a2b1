import { BitcohortError, expected } from './errors'
import { MappedIdentity } from './identity'
import type { Ids } from './ids'
import type { Server } from './store/server'
import { checkId, type UserId } from './user-id'

/** Ids that are texts, each with a number of our own as its bit. */
export class MappedIds implements Ids<string> {
  private readonly identity: MappedIdentity

  constructor(
    private readonly server: Server,
    prefix: string,
  ) {
    this.identity = new MappedIdentity(server.client, prefix)
  }

  /** A number stands for its decimal digits, as far as it is exact. */
  check(id: UserId): string {
    return checkId(typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id)
  }

  async ready(): Promise<void> {
    if ((await this.server.capabilities()).scripts) return
    const what = expected('ID_MODE', 'integer, for this server runs no scripts for us', 'mapped')
    throw new BitcohortError('BAD_SETTINGS', what.replace('"ID_MODE"', 'ID_MODE'), { field: 'ID_MODE' })
  }

  assign(ids: readonly string[]): Promise<readonly number[]> {
    return this.identity.assign(ids)
  }

  async find(ids: readonly UserId[]): Promise<readonly (number | null)[]> {
    await this.ready()
    return this.identity.find(ids.map((id) => this.check(id)))
  }

  async names(bits: readonly number[]): Promise<readonly string[]> {
    const names = await this.identity.names(bits)
    return names.map((name, i) => {
      if (name !== null) return name
      throw new BitcohortError('NO_ID', expected('user', 'a bit that was given to an id', bits[i]))
    })
  }

  /** Where there is none there may never be one: that is told before an empty answer is. */
  async highest(): Promise<number> {
    const highest = await this.identity.count()
    if (highest === 0) await this.ready()
    return highest
  }
}
