// @vitest-environment happy-dom
import { act, renderHook, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sketchTable } from '../../tests/fixtures/table'
import { useRetention } from './use-retention'

const TABLE = sketchTable({ first: '2025-W01', columns: 2, rows: [{ counts: [10, 5] }] })
const OTHER = sketchTable({ first: '2024-W01', columns: 2, rows: [{ counts: [20, 5] }] })

/** A stand-in for the API whose answers the test gives. */
function serve() {
  const calls: {
    url: string
    signal: AbortSignal | null | undefined
    answer: (body: unknown, ok?: boolean) => void
    fail: () => void
  }[] = []
  vi.stubGlobal(
    'fetch',
    (url: string, init: RequestInit) =>
      new Promise((resolve, reject) => {
        calls.push({
          url,
          signal: init.signal,
          answer: (body, ok = true) => resolve({ ok, json: async () => body }),
          fail: () => reject(new TypeError('network')),
        })
      }),
  )
  return calls
}

function render() {
  const calls = serve()
  const initial = { question: 'a=1', table: TABLE }
  const hook = renderHook(({ question }) => useRetention(question, initial), {
    initialProps: { question: 'a=1' as string | null },
  })
  return { calls, ...hook }
}

afterEach(() => vi.unstubAllGlobals())

describe('useRetention', () => {
  it('asks nothing while the server’s answer is that of the question', () => {
    const { calls, result } = render()
    expect(result.current).toMatchObject({ table: TABLE, problem: null, stale: false })
    expect(calls).toHaveLength(0)
  })

  it('keeps the old table, stale, until the new one is there', async () => {
    const { calls, result, rerender } = render()
    rerender({ question: 'a=2' })
    expect(result.current).toMatchObject({ table: TABLE, stale: true })
    expect(calls[0]?.url).toBe('/api/v1/retention?a=2')
    await act(async () => calls[0]?.answer(OTHER))
    expect(result.current).toMatchObject({ table: OTHER, stale: false, problem: null })
  })

  it('aborts the question before, whose late answer changes nothing', async () => {
    const { calls, result, rerender } = render()
    rerender({ question: 'a=2' })
    rerender({ question: 'a=3' })
    expect(calls[0]?.signal?.aborted).toBe(true)
    await act(async () => calls[1]?.answer(OTHER))
    await act(async () => calls[0]?.answer(TABLE))
    expect(result.current.table).toEqual(OTHER)
  })

  it('says why there is none, and tries again when asked', async () => {
    const { calls, result, rerender } = render()
    rerender({ question: 'a=2' })
    const error = { code: 'REDIS_UNAVAILABLE', message: 'Redis does not answer; …' }
    await act(async () => calls[0]?.answer({ error }, false))
    expect(result.current.problem).toEqual(error)
    act(() => result.current.retry())
    expect(result.current).toMatchObject({ problem: error, stale: true })
    await waitFor(() => expect(calls).toHaveLength(2))
    await act(async () => calls[1]?.answer(OTHER))
    expect(result.current).toMatchObject({ table: OTHER, problem: null, stale: false })
  })

  it('says so where no answer comes, or none that can be read', async () => {
    const { calls, result, rerender } = render()
    rerender({ question: 'a=2' })
    await act(async () => calls[0]?.fail())
    expect(result.current.problem?.code).toBe('UNREACHABLE')
    rerender({ question: 'a=3' })
    await act(async () => calls[1]?.answer({ oops: 1 }, false))
    expect(result.current.problem?.code).toBe('UNREACHABLE')
  })

  it('takes the answer that a navigation brings along', () => {
    const calls = serve()
    const hook = renderHook(({ question, initial }) => useRetention(question, initial), {
      initialProps: { question: 'a=1', initial: { question: 'a=1', table: TABLE } },
    })
    hook.rerender({ question: 'a=2', initial: { question: 'a=2', table: OTHER } })
    expect(hook.result.current).toMatchObject({ table: OTHER, stale: false })
    expect(calls).toHaveLength(0)
  })

  it('asks nothing for a URL without a question', () => {
    const { calls, rerender } = render()
    rerender({ question: null })
    expect(calls).toHaveLength(0)
  })
})
