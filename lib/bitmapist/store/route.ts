import type { Call } from './call'
import type { Openable } from './link'
import type { Sink } from './reply'
import type { Runner } from './tracker'
import { Silence } from './wire'

/** A command, and what takes its reply's bytes. */
export interface Asked {
  readonly call: Call
  readonly sink: Sink | undefined
}

type Reader = Openable & Runner

/** Runs commands in groups at once. @returns the replies in the order asked */
export async function runGrouped<Group>(
  asked: readonly Asked[],
  groupOf: (asked: Asked) => Group,
  run: (group: Group, own: readonly Asked[]) => Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  const groups = new Map<Group, number[]>()
  for (const [i, each] of asked.entries()) {
    const name = groupOf(each)
    const group = groups.get(name)
    if (group) group.push(i)
    else groups.set(name, [i])
  }
  const replies: unknown[] = new Array(asked.length)
  await Promise.all(
    [...groups].map(async ([group, places]) => {
      const answers = await run(
        group,
        places.flatMap((i) => asked[i] ?? []),
      )
      for (const [n, i] of places.entries()) replies[i] = answers[n]
    }),
  )
  return replies
}

/**
 * Asks a reader, and of the server itself what it leaves unanswered, unless the server hangs: it would take as long again.
 * @returns the replies, and whether the reader had them all
 * @throws what the server says, or that it says nothing
 */
export async function runWith(
  reader: Reader | null,
  asked: readonly Asked[],
  server: Runner,
): Promise<{ readonly replies: readonly unknown[]; readonly isWhole: boolean }> {
  const calls = asked.map(({ call }) => call)
  if (!reader?.isOpen) return { replies: await server.run(calls), isWhole: false }
  const replies = await reader.run(
    calls,
    asked.map(({ sink }) => sink),
  )
  const silence = replies.find((reply) => reply instanceof Silence)
  if (silence) throw silence
  const failed = replies.flatMap((reply, i) => (reply instanceof Error ? [i] : []))
  if (failed.length === 0) return { replies, isWhole: true }
  const again = await server.run(failed.flatMap((i) => calls[i] ?? []))
  const whole = [...replies]
  for (const [n, i] of failed.entries()) whole[i] = again[n]
  return { replies: whole, isWhole: false }
}
