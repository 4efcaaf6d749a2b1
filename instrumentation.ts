/**
 * Runs once before the server takes requests: a bad configuration ends the process with the one line that names it, and
 * from then on pages know when their reader has left.
 */
export async function register(): Promise<void> {
  // Inside the condition, or the build would put it into the edge runtime too, which has no process to end.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startOrExit } = await import('./lib/server/check-start')
    await startOrExit()
    const { watchRequests } = await import('./lib/server/request')
    watchRequests()
  }
}
