import { shorten } from '../../components/cohort/describe'
import type { BitcohortError, IdMode } from '../../lib/bitmapist/face'

/** A failure as a sentence beside a form. */
export function problemText({ code, message }: BitcohortError): string {
  if (code === 'REDIS_UNAVAILABLE')
    return 'Redis does not answer: nothing was changed. Try again in a moment.'
  const sentence = message.split('; ').join('. To mend it: ')
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}

/** Why a text is no user id. */
export function idProblem(text: string, mode: IdMode): string {
  if (text.trim() === '') return 'Type the id of a user.'
  const what = mode === 'integer' ? 'a whole number from 0 to 4,294,967,295' : 'a text of at most 256 bytes'
  return `“${shorten(text.trim())}” is no user id: an id is ${what}.`
}

/** Why there is no page of a user. */
export function addressProblem(id: string): string {
  return `There is no page for “${id}”: an address cannot hold this id.`
}
