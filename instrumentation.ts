/** Runs once before the server takes requests: a bad configuration ends the process with the one line that names it. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { checkStart } = await import('./lib/server/check-start')
  const refusal = checkStart(process.env, process.argv)
  if (refusal === null) return
  process.stderr.write(`${refusal}\n`)
  process.exit(1)
}
