'use client'

import { useCallback, useEffect, useState } from 'react'
import { ERRORS, type ErrorCode, type RetentionTable } from '../../lib/bitmapist/face'
import type { Answer, Problem } from './answer'

/** What the page shows: `table` is the last one that came, `stale` while a newer one is asked for. */
export interface Report {
  readonly table: RetentionTable | null
  readonly problem: Problem | null
  readonly stale: boolean
  readonly retry: () => void
}

const UNREACHABLE: Problem = {
  code: 'UNREACHABLE',
  message: 'No answer came from the server. It may be stopped or restarting, or the network is down.',
}

async function ask(question: string, signal: AbortSignal): Promise<RetentionTable | Problem> {
  const response = await fetch(`/api/v1/retention?${question}`, {
    signal,
    headers: { accept: 'application/json' },
  })
  const body: unknown = await response.json()
  if (response.ok) return body as RetentionTable
  return readProblem(body) ?? UNREACHABLE
}

function readProblem(body: unknown): Problem | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null
  const error = body.error as { code?: string; message?: string; field?: string }
  const code = (Object.keys(ERRORS) as ErrorCode[]).find((known) => known === error.code)
  if (code === undefined || error.message === undefined) return null
  return { code, message: error.message, ...(error.field === undefined ? {} : { field: error.field }) }
}

/**
 * The report of a question: the one that the server rendered, then, as the question changes, the API's.
 * A newer question aborts the one before. This is the page's only reading from the network.
 * @param question null while the URL holds none that can be asked
 */
export function useRetention(question: string | null, initial: Answer): Report {
  const [answer, setAnswer] = useState(initial)
  const [table, setTable] = useState('table' in initial ? initial.table : null)
  const [attempt, setAttempt] = useState(0)
  const [served, setServed] = useState(initial)
  // A link to the page brings the server's answer with it: it is taken, not asked for again.
  if (served !== initial) {
    setServed(initial)
    setAnswer(initial)
    if ('table' in initial) setTable(initial.table)
  }
  const answered = answer.question === question && attempt === 0

  useEffect(() => {
    if (question === null || answered) return
    const controller = new AbortController()
    const settle = (next: Answer) => {
      if (controller.signal.aborted) return
      setAnswer(next)
      if ('table' in next) setTable(next.table)
      setAttempt(0)
    }
    ask(question, controller.signal).then(
      (body) => settle('rows' in body ? { question, table: body } : { question, problem: body }),
      () => settle({ question, problem: UNREACHABLE }),
    )
    return () => controller.abort()
  }, [question, answered])

  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  // While a failed question is tried again its reason stays, so that the page does not jump.
  const problem = answer.question === question && 'problem' in answer ? answer.problem : null
  return { table, problem, stale: !answered && question !== null, retry }
}
