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
  if (!replies.some((reply) => reply instanceof Error)) return { replies, isWhole: true }
  const silence = replies.find((reply) => reply instanceof Silence)
  if (silence) throw silence
  const failed = replies.flatMap((reply, i) => (reply instanceof Error ? [i] : []))
  const again = await server.run(failed.flatMap((i) => calls[i] ?? []))
  const whole = [...replies]
  for (const [n, i] of failed.entries()) whole[i] = again[n]
  return { replies: whole, isWhole: false }
}
