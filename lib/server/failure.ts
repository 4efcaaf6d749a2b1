import { BitcohortError } from '../bitmapist/face'

/** What Redis answers while it cannot serve: it is up to whoever runs it, not to the caller. */
const REPLIES =
  /^(LOADING|NOAUTH|WRONGPASS|NOPERM|READONLY|MISCONF|OOM|BUSY|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|TRYAGAIN|UNBLOCKED|ERR (invalid password|AUTH|max number of clients|DB index))/
/** How ioredis and node tell of a connection that is not there; both have it in the text or the code alone. */
const TEXTS =
  /^(Command timed out|Connection is closed|connect ETIMEDOUT|Stream isn't writeable|Socket closed|Too many Cluster redirections|None of startup nodes is available)/
const NAMES = ['MaxRetriesPerRequestError', 'AbortError', 'ClusterAllFailedError', 'NoAuthError']
const CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOENT|EACCES|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH)$/

/** Whether an error says that Redis does not answer, or not to us. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isOutage)
  const code = 'code' in error ? String(error.code) : ''
  const syscall =
    'syscall' in error &&
    (error.syscall === 'connect' || error.syscall === 'read' || error.syscall === 'write')
  if (CODES.test(code) && (syscall || code !== 'ENOENT')) return true
  return NAMES.includes(error.name) || TEXTS.test(error.message) || REPLIES.test(error.message)
}

/** Any error as one of ours: outages and unforeseen faults keep the cause, for the log, and tell nothing of it. */
export function failureOf(error: unknown): BitcohortError {
  if (error instanceof BitcohortError) return error
  if (!isOutage(error)) return new BitcohortError('INTERNAL', 'something here failed', { cause: error })
  const reply = error instanceof Error ? REPLIES.exec(error.message)?.[0] : undefined
  const what = reply === undefined ? 'Redis does not answer' : `Redis refuses with ${reply}`
  return new BitcohortError('REDIS_UNAVAILABLE', what, { cause: error })
}

/** Runs a load; whatever it throws is a BitcohortError. */
export async function known<Result>(load: () => Promise<Result>): Promise<Result> {
  try {
    return await load()
  } catch (error) {
    throw failureOf(error)
  }
}
