import type { Bit } from '../../lib/query/user'
import { bitWords, type Change } from './words'

/** What would happen to which bits. */
export function effectsOf({ op, date }: Change, held: readonly Bit[]): readonly string[] {
  const words = (bits: readonly Bit[]) => bits.map((bit) => bitWords(bit, date)).join(', ')
  const hours = held.filter((bit) => bit.startsWith('hour:'))
  switch (op) {
    case 'set':
    case 'clear':
      return held.includes('attribute') === (op === 'set')
        ? [`Nothing would change: the user ${op === 'set' ? 'has it already' : 'does not have it'}.`]
        : [
            `The bit of the attribute is ${op === 'set' ? 'set' : 'cleared'}. An attribute is as of now: it has no date.`,
          ]
    case 'mark': {
      const missing = (['day', 'week', 'month'] as const).filter((bit) => !held.includes(bit))
      return missing.length === 0
        ? ['Nothing would change: day, week and month are set already.']
        : [`Sets: ${words(missing)}.`, 'A date has no hour: no hour is marked.']
    }
    case 'unmark':
      return held.includes('day') || hours.length > 0
        ? [
            `Clears: ${words([...(held.includes('day') ? (['day'] as const) : []), ...hours])}.`,
            'The week and the month are cleared too, unless the user did it on another of their days.',
          ]
        : ['There is no mark on this day.']
    default:
      return op satisfies never
  }
}
