'use client'

import { useQueryStates } from 'nuqs'
import { useCallback, useMemo } from 'react'
import { BitcohortError, type Zone } from '../../lib/bitmapist/face'
import { parseRetentionQuery, printRetentionQuery } from '../../lib/query/retention'
import type { RetentionQuery } from '../../lib/query/types'
import { questionOf, questionParsers } from '../../lib/query/view'
import { type Problem, problemOf } from './answer'

export interface Question {
  /** The question of the URL; null where it holds none, and `problem` says why. */
  readonly query: RetentionQuery | null
  readonly problem: Problem | null
  /** Writes another question into the URL, as a step of the browser's history. */
  readonly ask: (query: RetentionQuery) => void
}

/** The report's question, which lives in the URL and nowhere else. @param asOf stands for now where the URL names no end */
export function useQuestion(asOf: string, zone: Zone): Question {
  const [texts, setTexts] = useQueryStates(questionParsers)
  const read = useMemo(() => {
    try {
      return { query: parseRetentionQuery(questionOf(texts), { now: new Date(asOf), zone }), problem: null }
    } catch (error) {
      if (!(error instanceof BitcohortError)) throw error
      return { query: null, problem: problemOf(error) }
    }
  }, [texts, asOf, zone])
  const ask = useCallback(
    (query: RetentionQuery) => {
      const params = printRetentionQuery(query, zone)
      const next = Object.fromEntries(
        Object.keys(questionParsers).map((name) => [name, params.get(name)]),
      ) as typeof texts
      void setTexts(next)
    },
    [setTexts, zone],
  )
  return { ...read, ask }
}
