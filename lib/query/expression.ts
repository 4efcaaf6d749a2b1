import { BitcohortError, expected, leavesOf, parseExpression, printExpression } from '../bitmapist/face'
import { MAX_TEXT } from './parameters'

/**
 * The canonical text of an expression, itself short enough to be asked again.
 * @throws BAD_EXPRESSION; UNKNOWN_SEGMENT for any `seg(…)`: no segments are kept yet
 */
export function expression(field: string, text: string): string {
  const tree = parseExpression(text, field)
  const segment = leavesOf(tree).find((leaf) => leaf.kind === 'segment')
  if (segment?.kind === 'segment')
    throw new BitcohortError('UNKNOWN_SEGMENT', expected(field, 'no segment', segment.name), { field })
  const canonical = printExpression(tree)
  if (canonical.length <= MAX_TEXT) return canonical
  const what = expected(
    field,
    `at most ${MAX_TEXT} characters once written out`,
    `${canonical.length} of them`,
  )
  throw new BitcohortError('BAD_EXPRESSION', what, { field })
}
