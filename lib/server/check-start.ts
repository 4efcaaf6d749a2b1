import { checkData } from './check-data'
import { type Environment, isLoopback, readConfig } from './config'

/**
 * Why the server must not start, in one line; null where it may.
 * @param argv the process' own: `next start` without `-H` would listen on every network interface
 */
export function checkStart(env: Environment, argv: readonly string[]): string | null {
  try {
    readConfig(env)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  if (!argv.includes('start')) return null
  const at = argv.findIndex((word) => /^(-H|--hostname)(=|$)/.test(word))
  const host = at < 0 ? '' : (argv[at]?.split('=')[1] ?? argv[at + 1] ?? '')
  return isLoopback(host)
    ? null
    : 'HOST expected a loopback address: start with "npm start", or "next start -H 127.0.0.1"'
}

/** Ends the process with the one line where it must not start. */
export async function startOrExit(): Promise<void> {
  const refusal = checkStart(process.env, process.argv) ?? (await checkData(readConfig(process.env)))
  if (refusal === null) return
  process.stderr.write(`${refusal}\n`)
  process.exit(1)
}
