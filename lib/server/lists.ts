import 'server-only'
import type { UserSet } from '../bitmapist'
import { parseExpression } from '../bitmapist/face'
import type { ListOutput, RetentionUsersQuery, UserDaysQuery } from '../query/lists'
import type { CountQuery } from '../query/types'
import { processState } from './connection'
import { known } from './failure'
import { requestOf } from './reports'
import { csvStream, json } from './respond'

/** The users behind a place of a retention report, not read yet. @throws BitcohortError */
export function retentionUsers({ query, cell }: RetentionUsersQuery, signal: AbortSignal): Promise<UserSet> {
  return known(() => processState().bitmapist.retentionUsers(requestOf(query), cell, signal))
}

/** The users who match an expression in a period, not read yet. @throws BitcohortError */
export function membersOf({ expression, at }: CountQuery, signal: AbortSignal): Promise<UserSet> {
  return known(() => processState().bitmapist.usersOf(parseExpression(expression), at, signal))
}

/** The days on which a user did an event, as labels. @throws BitcohortError */
export function daysOf(user: number, query: UserDaysQuery) {
  return known(() => processState().bitmapist.userDays(user, query))
}

/** Answers with a page of a set of users, or with all of them as CSV. @throws BitcohortError */
export async function answerUsers(set: UserSet, output: ListOutput, name: string): Promise<Response> {
  if (output.format === 'csv') return csvStream(lines(set), name)
  return known(async () => {
    const { users, next } = await set.page(output)
    const { knownAsOf } = set
    return json({ count: await set.count(), users, next: next === null ? null : String(next), knownAsOf })
  })
}

/** Ids of one chunk: some 64 KB. */
const IDS_A_CHUNK = 8192

/** A column of ids, in chunks. */
async function* lines(set: UserSet): AsyncGenerator<string> {
  let chunk = 'user\r\n'
  let ids = 0
  for await (const id of set) {
    chunk += `${id}\r\n`
    if (++ids % IDS_A_CHUNK !== 0) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
