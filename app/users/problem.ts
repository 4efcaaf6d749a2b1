import type { BitcohortError } from '../../lib/bitmapist/face'

/** A failure as a sentence beside a form. */
export function problemText({ code, message }: BitcohortError): string {
  if (code === 'REDIS_UNAVAILABLE')
    return 'Redis does not answer: nothing was changed. Try again in a moment.'
  const sentence = message.split('; ').join('. To mend it: ')
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}

/** Why a text is no user id. */
export function idProblem(text: string): string {
  return text.trim() === ''
    ? 'Type the id of a user.'
    : `“${text.trim()}” is no user id: an id is a whole number from 0 to 4,294,967,295.`
}
