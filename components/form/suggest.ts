import {
  BitcohortError,
  type EventList,
  type EventSummary,
  parseExpression,
  printExpression,
} from '../../lib/bitmapist/face'

/** What an expression's text is: good, with its canonical form, or wrong at a position for a reason. */
export type Checked =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly position: number | null; readonly reason: string }

/** Checks an expression as it is typed. */
export function checkExpression(text: string, field: string): Checked {
  try {
    return { ok: true, text: printExpression(parseExpression(text, field)) }
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    return { ok: false, position: error.position ?? null, reason: reasonOf(error, field) }
  }
}

/** The reason without the field's name, which stands beside it, and the remedy, which the hint says. */
function reasonOf({ message }: BitcohortError, field: string): string {
  const [what = message] = message.split('; ')
  return what.replace(`"${field}" `, '').replace(/ at position \d+$/, '')
}

/** A name as expressions write it: bare where it may be, else in quotes. */
export function quoteName(name: string): string {
  return /^[\p{L}\p{N}_:./]+$/u.test(name) ? name : `"${name.replace(/(["\\])/g, '\\$1')}"`
}

/** Something that a text may be completed to. */
export interface Suggestion {
  readonly kind: 'event' | 'attribute'
  readonly name: string
  /** As it is written in an expression. */
  readonly text: string
  readonly months: string | null
}

function months({ first, last }: EventSummary): string {
  return first === last ? first : `${first} – ${last}`
}

/** Everything there is to name: events, then attributes. */
export function suggestionsOf({
  events,
  attributes,
}: Pick<EventList, 'events' | 'attributes'>): readonly Suggestion[] {
  return [
    ...events.map(
      (each): Suggestion => ({
        kind: 'event',
        name: each.name,
        text: quoteName(each.name),
        months: months(each),
      }),
    ),
    ...attributes.map(
      (name): Suggestion => ({
        kind: 'attribute',
        name,
        text: `attr(${quoteName(name)})`,
        months: null,
      }),
    ),
  ]
}

/** Those whose name holds the words, in any order and case; names that begin with them come first. */
export function searchSuggestions(all: readonly Suggestion[], words: string): readonly Suggestion[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean)
  if (parts.length === 0) return all
  const rank = (name: string) => (name === parts.join(' ') ? 0 : name.startsWith(parts[0] ?? '') ? 1 : 2)
  // An attribute is found by its spelling too: who types "attr" looks for those.
  return all
    .filter(({ name, text }) =>
      parts.every((part) => name.toLowerCase().includes(part) || text.startsWith(part)),
    )
    .toSorted((a, b) => rank(a.name.toLowerCase()) - rank(b.name.toLowerCase()))
}

/** The name that is being typed at the caret: where it begins, and its letters so far. */
export function wordAt(text: string, caret: number): { readonly from: number; readonly word: string } {
  const before = text.slice(0, caret)
  const found = /(?:attr\()?"?[\p{L}\p{N}_:./]*$/u.exec(before)
  const from = found ? found.index : caret
  return { from, word: before.slice(from).replace(/^(attr\()?"?/, '') }
}

/** The text with the word at the caret completed, and where the caret then stands. */
export function completeAt(
  text: string,
  caret: number,
  completion: string,
): { readonly text: string; readonly caret: number } {
  const { from } = wordAt(text, caret)
  const rest = text.slice(caret).replace(/^[\p{L}\p{N}_:./]*"?\)?/u, '')
  const head = `${text.slice(0, from)}${completion}`
  return { text: `${head}${rest}`, caret: head.length }
}
