import type { ImportRequest } from './arguments'
import { choice, columnsOf } from './columns'
import { findInput, type Input } from './input'
import { type Head, type Reading, readHead } from './rows'

/** An input whose beginning has been looked at, where that can be done twice. */
export interface Prepared {
  readonly input: Input
  readonly head: Head | null
  readonly columnsOf: Reading['columnsOf']
}

/**
 * Looks at all inputs before the first row of any is imported: that they are there, and have the columns.
 * @param tell told which columns were chosen without having been named
 * @throws InputError, UsageError
 */
export async function prepare(
  { files, format, asked }: ImportRequest,
  tell: (line: string) => void,
): Promise<readonly Prepared[]> {
  const inputs = files.map((file) => findInput(file, format))
  const chosen = new Map<string, string[]>()
  const prepared: Prepared[] = []
  for (const input of inputs) {
    const find = (head: Head) => columnsOf(asked, head, input.name)
    const tellAndFind = (head: Head) => {
      const columns = find(head)
      const words = choice(asked, columns)
      if (words !== null) tell(`Columns of ${input.name}: ${words}`)
      return columns
    }
    if (input.identity === null) {
      prepared.push({ input, head: null, columnsOf: tellAndFind })
      continue
    }
    const head = await readHead(input, find)
    const words = head && choice(asked, find(head))
    if (words) chosen.set(words, [...(chosen.get(words) ?? []), input.name])
    prepared.push({ input, head, columnsOf: find })
  }
  for (const [words, names] of chosen) tell(`Columns of ${several(names)}: ${words}`)
  return prepared
}

function several(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names[0]} and ${names.length - 1} more`
}
