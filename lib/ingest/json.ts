import { BitcohortError, expected } from '../bitmapist/face'

/**
 * Parses JSON that names no key twice in one object: which of the two was meant cannot be known.
 * @param read makes the result out of the value; what it refuses is not looked through for repeated keys, which
 * takes a second for 5 MB of brackets
 * @throws BAD_BODY, and what `read` throws
 */
export function parseJson<Result>(text: string, read: (value: unknown) => Result): Result {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new BitcohortError('BAD_BODY', '"body" expected valid JSON', { field: 'body', cause })
  }
  const result = read(value)
  const repeated = repeatedKey(text)
  if (repeated === null) return result
  throw new BitcohortError('BAD_BODY', expected('body', 'every key once in an object', repeated), {
    field: 'body',
  })
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g

/** The first key that an object of a valid JSON text has twice, or null. */
function repeatedKey(text: string): string | null {
  // One entry for each open bracket: the keys seen in an object, null for a list.
  const open: (Set<string> | null)[] = []
  let beforeKey = false
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null)
    else if (token === '}' || token === ']') open.pop()
    else if (token !== ',' && beforeKey) {
      const keys = open.at(-1)
      const key: string = JSON.parse(token)
      if (keys?.has(key)) return key
      keys?.add(key)
    }
    beforeKey = (token === '{' || token === ',') && open.at(-1) instanceof Set
  }
  return null
}
