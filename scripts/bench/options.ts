import { parseArgs } from 'node:util'

export interface Options {
  /** A million users only, fewer runs. */
  readonly quick: boolean
  /** Names of the cases to run; all where empty. */
  readonly only: readonly string[]
}

/** @throws Error for a name that no case has, or another option */
export function parseOptions(args: readonly string[], names: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
  })
  const only = values.only ?? []
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`--only expected ${names.join(', ')}, got ${unknown}`)
  return { quick: values.quick, only }
}
