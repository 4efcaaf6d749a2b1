import { BitcohortError, expected } from './errors'
import type { IdMode } from './ids'
import { ownKey } from './key'
import { type Call, call } from './store/call'
import type { Server } from './store/server'
import { isSameZone } from './zone'

/** What all of a project's marks must agree on: with another zone the same moment would be another day's bit. */
export interface Settings {
  /** IANA name. */
  readonly timeZone: string
  readonly idMode: IdMode
}

/** This process' settings, and its clock. */
export interface MetaOptions extends Settings {
  /** The instant that is now. */
  readonly clock?: () => Date
}

/** The layout of the keys; another number is one that this version does not know. */
const SCHEMA = 1

/** Where a project keeps its settings. */
export function metaKey(prefix: string): string {
  return ownKey(prefix, 'meta')
}

/**
 * The settings that a project's data was written with. They are set at its first write; where there are none, as in
 * keys of the Python library, any are accepted.
 *
 * The text also tells processes of each other: it says since when the data is kept and when any of it was last deleted,
 * so that a process that finds another text than before knows that what it has noted of the data may not hold.
 */
export class Meta {
  /** Reads the key; to be sent along with others, its answer goes to `accept`. */
  readonly call: Call
  private readonly settings: Settings
  private readonly clock: () => Date
  private readonly listeners: (() => void)[] = []
  /** What the key held when this process last looked; null for nothing, or where it has not looked. */
  private text: string | null = null
  /** Since when the data is kept, as it says. */
  private birth: unknown = null
  /** Whether this process has ever found or set it. */
  private agreed = false

  constructor(
    private readonly server: Server,
    private readonly prefix: string,
    { timeZone, idMode, clock = () => new Date() }: MetaOptions,
  ) {
    this.settings = { timeZone, idMode }
    this.call = call('get', metaKey(prefix))
    this.clock = clock
  }

  /** What the key held when this process last looked. */
  get current(): string | null {
    return this.text
  }

  /** Names the data: another one where all of it was flushed and begun anew, the same where some was deleted. */
  get since(): unknown {
    return this.birth
  }

  /** Whether raw ids may be there that nobody has asked about: with mapped ids, before the first write. */
  get isUnproven(): boolean {
    return this.settings.idMode === 'mapped' && !this.agreed
  }

  /** Calls back where the data is not what this process knew: flushed, or some of it deleted. */
  onChange(listener: () => void): void {
    this.listeners.push(listener)
  }

  /** @throws BAD_SETTINGS where the data was written with others */
  async check(): Promise<void> {
    this.accept(await this.read())
  }

  /** Takes what the key holds. @throws BAD_SETTINGS */
  accept(reply: unknown): void {
    const text = typeof reply === 'string' ? reply : null
    if (text === this.text) return
    const isChange = this.text !== null
    this.text = null
    if (isChange) for (const listener of this.listeners) listener()
    if (text === null) return
    const found = parse(text)
    this.compare(found)
    this.text = text
    this.birth = found.since
    this.agreed = true
  }

  /**
   * Sets the settings where there are none: of two processes at once the first one's stand. No trip where they are
   * known to agree.
   * @returns the key's text
   * @throws BAD_SETTINGS
   */
  async claim(): Promise<string> {
    if (this.text !== null) return this.text
    await this.check()
    if (this.text === null) {
      await this.set({ schema: SCHEMA, ...this.settings, since: this.clock().toISOString() }, 'NX')
      await this.check()
    }
    if (this.text !== null) return this.text
    throw new BitcohortError('REDIS_UNAVAILABLE', expected(metaKey(this.prefix), 'what was just set', 'none'))
  }

  /**
   * Tells every process, this one too, that data has been deleted: what they have noted of it is forgotten, and marks
   * on their way are sent again. To be called when the keys are gone. Nothing where there are no settings: then nobody
   * has noted anything.
   */
  async touch(): Promise<void> {
    await this.check()
    if (this.text === null) return
    const settings = parse(this.text)
    const last = typeof settings.deletedAt === 'string' ? Date.parse(settings.deletedAt) : 0
    // Two deletions within a millisecond are two texts.
    const deletedAt = new Date(Math.max(this.clock().getTime(), (last || 0) + 1)).toISOString()
    await this.set({ ...settings, deletedAt }, 'XX')
    await this.check()
  }

  /** Forgets what was found: the connection may be to another server now. */
  forget(): void {
    this.accept(null)
  }

  /** Runs a trip in which this key is read among others. @throws BAD_SETTINGS where it holds no text */
  async guard<Replies>(trip: () => Promise<Replies>): Promise<Replies> {
    try {
      return await trip()
    } catch (error) {
      // It does not tell which key it was.
      if (error instanceof BitcohortError && error.code === 'WRONG_TYPE') await this.read()
      throw error
    }
  }

  /** That ids are raw is not written anywhere: where nothing says how marks were made, the Python library made them. */
  async refuseRaw(): Promise<void> {
    await this.check()
    if (this.text !== null) return
    throw this.refused('ID_MODE', {
      expectation: `"integer", as the keys under "${this.prefix}" hold raw ids`,
      got: this.settings.idMode,
    })
  }

  private async read(): Promise<unknown> {
    try {
      const [reply] = await this.server.run([this.call])
      return reply
    } catch (error) {
      if (!(error instanceof BitcohortError) || error.code !== 'WRONG_TYPE') throw error
      const key = metaKey(this.prefix)
      throw this.refused('KEY_PREFIX', {
        expectation: `a prefix whose "${key}" holds text`,
        got: this.prefix,
      })
    }
  }

  private async set(value: object, condition: 'NX' | 'XX'): Promise<void> {
    const key = metaKey(this.prefix)
    const text = JSON.stringify(value)
    const { conditions } = await this.server.capabilities()
    await this.server.run([call('set', key, text, ...(conditions ? [condition] : []))])
  }

  private compare({ schema, idMode, timeZone }: Partial<Record<string, unknown>>): void {
    if (schema !== SCHEMA) throw this.differs('SCHEMA', schema, SCHEMA)
    if (idMode !== this.settings.idMode) throw this.differs('ID_MODE', idMode, this.settings.idMode)
    if (typeof timeZone !== 'string' || !isSameZone(timeZone, this.settings.timeZone))
      throw this.differs('TIME_ZONE', timeZone, this.settings.timeZone)
  }

  private differs(variable: string, has: unknown, got: unknown): BitcohortError {
    const expectation = `${JSON.stringify(has)}, as the data under "${this.prefix}" has it`
    return this.refused(variable, { expectation, got })
  }

  /** One line that begins with the variable's name. */
  private refused(
    variable: string,
    { expectation, got }: { expectation: string; got: unknown },
  ): BitcohortError {
    const what = expected(variable, expectation, got).replace(`"${variable}"`, variable)
    return new BitcohortError('BAD_SETTINGS', what, { field: variable })
  }
}

function parse(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
