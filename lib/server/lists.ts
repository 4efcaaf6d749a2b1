import 'server-only'
import type { UserSet } from '../bitmapist'
import { parseExpression, type UserId } from '../bitmapist/face'
import type { ListOutput, RetentionUsersQuery, UserDaysQuery } from '../query/lists'
import type { CountQuery } from '../query/types'
import { processState } from './connection'
import { userLines } from './csv'
import { known } from './failure'
import { report, requestOf } from './reports'
import { csvStream, json } from './respond'

/** The users behind a place of a retention report, not read yet. @throws BitcohortError */
export function retentionUsers(
  { query, cell }: RetentionUsersQuery,
  signal: AbortSignal,
): Promise<UserSet<UserId>> {
  return report((bitmapist) => bitmapist.retentionUsers(requestOf(query), cell, signal))
}

/** The users who match an expression in a period, not read yet. @throws BitcohortError */
export function membersOf({ expression, at }: CountQuery, signal: AbortSignal): Promise<UserSet<UserId>> {
  return report((bitmapist) => bitmapist.usersOf(parseExpression(expression), at, signal))
}

/** The days on which a user did an event, as labels. @throws BitcohortError */
export function daysOf(user: UserId, query: UserDaysQuery) {
  return known(() => processState().bitmapist.userDays(user, query))
}

/** Answers with a page of a set of users, or with all of them as CSV. @throws BitcohortError */
export async function answerUsers(set: UserSet<UserId>, output: ListOutput, name: string): Promise<Response> {
  if (output.format === 'csv') return csvStream(processState().reports.stream(lines(set)), name)
  return report(async () => {
    const { users, next } = await set.page(output)
    const { knownAsOf } = set
    return json({ count: await set.count(), users, next: next === null ? null : String(next), knownAsOf })
  })
}

/** A column of ids, in chunks; its head comes with the first of them, which may fail. */
async function* lines(set: UserSet<UserId>): AsyncGenerator<string> {
  let head = 'user\r\n'
  for await (const ids of set.chunks()) {
    yield head + userLines(ids)
    head = ''
  }
  if (head !== '') yield head
}
