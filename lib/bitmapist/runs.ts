import { lazily } from './lazily'
import { inTurns } from './turn'

/** A mark as far as its order counts. */
type Ordered = { readonly op: 'mark' | 'unmark'; readonly user: number } & (
  | { readonly event: string }
  | { readonly attribute: string }
)

/**
 * Puts a batch into runs of one op each: writing them one after the other, each in any order within itself, leaves what
 * writing the marks one by one would. There are as many as the most often changing user of one name needs, not as many
 * as the batch has changes.
 *
 * Marks of different users never touch the same bit, nor do marks of different names. Those of one user and name may:
 * a mark's week and month are looked at by the unmark of another day, and an event's mark may set the attribute of its
 * name. So they keep their order wherever the op changes.
 * @returns none empty; for an empty batch none
 */
export async function runsOf<Mark extends Ordered>(
  marks: readonly Mark[],
): Promise<readonly (readonly Mark[])[]> {
  const [first] = marks
  if (first === undefined) return []
  if (marks.every(({ op }) => op === first.op)) return [marks]
  // Even runs are marks, odd ones unmarks.
  const runs: Mark[][] = []
  const lastOf = new Map<string, Map<number, number>>()
  await inTurns(marks, (mark) => {
    const users = lazily(lastOf, 'attribute' in mark ? mark.attribute : mark.event, () => new Map())
    const parity = mark.op === 'mark' ? 0 : 1
    const last = users.get(mark.user) ?? 0
    const run = last % 2 === parity ? last : last + 1
    users.set(mark.user, run)
    while (runs.length <= run) runs.push([])
    runs[run]?.push(mark)
  })
  return runs.filter((run) => run.length > 0)
}
