import { BitcohortError, expected } from './errors'
import { checkUser, ID_MODES, type IdMode, MAX_BIT, type UserId } from './user-id'

export { ID_MODES, type IdMode, type IdOf } from './user-id'

/** @throws BAD_SETTINGS for what is no way to keep ids */
export function checkMode(mode: IdMode): IdMode {
  if (ID_MODES.includes(mode)) return mode
  throw new BitcohortError('BAD_SETTINGS', expected('idMode', ID_MODES.join(' or '), mode), {
    field: 'idMode',
  })
}

/** Users' ids and their bits. */
export interface Ids<Id extends UserId = UserId> {
  /** An id that may be marked. @throws BAD_USER */
  check(id: UserId): Id
  /** Before anything is written. @throws BAD_SETTINGS where the server cannot keep such ids */
  ready(): Promise<void>
  /** The bits of ids, in their order; an id that nobody has marked gets one. */
  assign(ids: readonly Id[]): Promise<readonly number[]>
  /** The bits of ids, in their order; null for one that has none. @throws BAD_USER */
  find(ids: readonly UserId[]): Promise<readonly (number | null)[]>
  /** The ids of bits, in their order. @throws NO_ID */
  names(bits: readonly number[]): Promise<readonly Id[]>
  /** The highest bit that was given out, 0 for none; null where ids are bits as they are. */
  highest(): Promise<number | null>
}

/** Ids that are bits as they are. */
export class IntegerIds implements Ids<number> {
  /** @param max the highest that may be marked */
  constructor(private readonly max: number) {
    checkUser(max, MAX_BIT, 'maxUserId')
  }

  check(id: UserId): number {
    return checkUser(id, this.max)
  }

  async ready(): Promise<void> {}

  async assign(ids: readonly number[]): Promise<readonly number[]> {
    return ids
  }

  /** Higher ones than may be marked are found too: another writer may have. */
  async find(ids: readonly UserId[]): Promise<readonly number[]> {
    return ids.map((id) => checkUser(id, MAX_BIT))
  }

  async names(bits: readonly number[]): Promise<readonly number[]> {
    return bits
  }

  async highest(): Promise<null> {
    return null
  }
}
