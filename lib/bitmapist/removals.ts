import type { KeyMeaning } from './key'
import { Marks } from './marks'
import type { Period } from './period'
import type { Remover } from './remove'
import type { UserId } from './user-id'

/** Which events and attributes have keys. */
interface Names {
  readonly events: ReadonlyMap<string, unknown>
  readonly attributes: ReadonlySet<string>
}

export interface NameOptions {
  /** What the names begin with, character for character; any unless given. */
  readonly prefix?: string
}

/**
 * What there is, and how it goes. Deleting is idempotent, and each call returns how many keys it removed. Ids that were
 * mapped keep their numbers.
 */
export abstract class Removals<Id extends UserId> extends Marks<Id> {
  protected abstract readonly remover: Remover
  /** @throws BAD_SETTINGS */
  abstract check(): Promise<void>
  protected abstract names(): Promise<Names>

  /** The names of the events that have keys, ascending. */
  async eventNames({ prefix = '' }: NameOptions = {}): Promise<readonly string[]> {
    return sorted((await this.names()).events.keys(), prefix)
  }

  /** The names of the attributes that have keys, ascending. */
  async attributeNames({ prefix = '' }: NameOptions = {}): Promise<readonly string[]> {
    return sorted((await this.names()).attributes, prefix)
  }

  /**
   * The names of events and attributes together, each once: an attribute is a unique event to the Python library, whose
   * names are wrong where its own prefix or an event has a `_` too many.
   * @see bitmapist, get_event_names
   */
  async getEventNames({ prefix = '' }: NameOptions = {}): Promise<readonly string[]> {
    const { events, attributes } = await this.names()
    return sorted(new Set([...events.keys(), ...attributes]), prefix)
  }

  /**
   * Deletes all marks and attributes under the prefix, and the Python library's temporary results. Whatever else lies
   * under the prefix stays, which the Python library deletes too. A prefix that begins with this one is within it.
   * @throws BAD_SETTINGS
   * @see bitmapist, delete_all_events
   */
  async deleteAllEvents(): Promise<number> {
    await this.check()
    return this.remover.all()
  }

  /**
   * Deletes an event: its hours, days, weeks and months.
   * @param options.attribute the attribute of that name too
   * @throws BAD_EVENT, BAD_SETTINGS
   */
  async deleteEvent(name: string, { attribute = false }: { attribute?: boolean } = {}): Promise<number> {
    await this.check()
    const dropped = await this.remover.event(name)
    return attribute ? dropped + (await this.remover.keys([{ kind: 'attribute', name }])) : dropped
  }

  /**
   * Deletes the hours, days, weeks and months that lie wholly in a period, of one event or of all. Weeks that straddle
   * its ends stay, as do the longer periods that hold it: they keep whom they hold.
   * @throws BAD_EVENT, BAD_SETTINGS
   */
  async deletePeriod(period: Period, { event }: { event?: string } = {}): Promise<number> {
    await this.check()
    return event === undefined ? this.remover.period(period) : this.remover.periodOf(event, period)
  }

  /** Deletes the keys of given meanings: what `delete` of a handle does. @throws BAD_EVENT, BAD_SETTINGS */
  async deleteKeys(of: readonly KeyMeaning[]): Promise<number> {
    await this.check()
    return this.remover.keys(of)
  }

  /**
   * Deletes what the Python library left of its operations; this library leaves nothing.
   * @see bitmapist, delete_temporary_bitop_keys
   */
  async deleteTemporaryBitopKeys(): Promise<number> {
    await this.check()
    return this.remover.temporary()
  }
}

function sorted(names: Iterable<string>, prefix: string): readonly string[] {
  return [...names].filter((name) => name.startsWith(prefix)).sort()
}
