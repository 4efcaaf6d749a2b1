import { BitcohortError, expected } from './errors'
import type { IdMode } from './ids'
import { ownKey } from './key'
import { call } from './store/call'
import type { Server } from './store/server'
import { isSameZone } from './zone'

/** What all of a project's marks must agree on: with another zone the same moment would be another day's bit. */
export interface Settings {
  /** IANA name. */
  readonly timeZone: string
  readonly idMode: IdMode
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
 */
export class Meta {
  /** Once they are known to agree: settings never change. */
  private agreed = false

  constructor(
    private readonly server: Server,
    private readonly prefix: string,
    private readonly settings: Settings,
  ) {}

  /** @throws BAD_SETTINGS where the data was written with others */
  async check(): Promise<void> {
    if (this.agreed) return
    const [text] = await this.server.run([call('get', metaKey(this.prefix))])
    if (typeof text !== 'string') return
    this.compare(parse(text))
    this.agreed = true
  }

  /** Sets them where there are none: of two processes at once the first one's stand. @throws BAD_SETTINGS */
  async claim(): Promise<void> {
    if (this.agreed) return
    const text = JSON.stringify({ schema: SCHEMA, ...this.settings })
    await this.server.run([call('set', metaKey(this.prefix), text, 'NX')])
    await this.check()
  }

  private compare({ schema, idMode, timeZone }: Partial<Record<string, unknown>>): void {
    if (schema !== SCHEMA) throw this.refused('SCHEMA', schema, SCHEMA)
    if (idMode !== this.settings.idMode) throw this.refused('ID_MODE', idMode, this.settings.idMode)
    if (typeof timeZone !== 'string' || !isSameZone(timeZone, this.settings.timeZone))
      throw this.refused('TIME_ZONE', timeZone, this.settings.timeZone)
  }

  /** One line that begins with the variable's name. */
  private refused(variable: string, has: unknown, got: unknown): BitcohortError {
    const what = expected(variable, `${JSON.stringify(has)}, as the data under "${this.prefix}" has it`, got)
    return new BitcohortError('BAD_SETTINGS', what.replace(`"${variable}"`, variable), { field: variable })
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
