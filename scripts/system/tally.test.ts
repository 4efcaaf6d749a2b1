import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { addTallies, readPlaywright, readVitest, tallyLine } from './tally.mjs'

const folder = mkdtempSync(join(tmpdir(), 'bitcohort-tally-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function report(content: unknown): string {
  const file = join(folder, 'report.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

function vitestFile(status: string, ...tests: readonly string[]) {
  return { status, assertionResults: tests.map((test) => ({ status: test })) }
}

describe('tallyLine', () => {
  it('names skipped tests only where there are some', () => {
    expect(tallyLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
    expect(tallyLine({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped')
  })
})

describe('addTallies', () => {
  it('adds each kind', () => {
    const sum = addTallies([
      { passed: 1, failed: 0, skipped: 2 },
      { passed: 3, failed: 4, skipped: 0 },
    ])
    expect(sum).toEqual({ passed: 4, failed: 4, skipped: 2 })
  })
})

describe('readVitest', () => {
  it.each([
    [
      'tests that passed',
      [vitestFile('passed', 'passed', 'passed')],
      0,
      { passed: 2, failed: 0, skipped: 0 },
    ],
    [
      'skips and todos',
      [vitestFile('passed', 'passed', 'skipped', 'todo')],
      0,
      { passed: 1, failed: 0, skipped: 2 },
    ],
    ['a failed test', [vitestFile('failed', 'passed', 'failed')], 1, { passed: 1, failed: 1, skipped: 0 }],
    [
      'a file that does not load',
      [vitestFile('failed'), vitestFile('passed', 'passed')],
      1,
      { passed: 1, failed: 1, skipped: 0 },
    ],
    ['an error outside of tests', [vitestFile('passed', 'passed')], 1, { passed: 1, failed: 1, skipped: 0 }],
    ['no test at all', [], 0, { passed: 0, failed: 1, skipped: 0 }],
  ])('counts %s', (_, testResults, code, tally) => {
    expect(readVitest(report({ testResults }), code)).toEqual(tally)
  })

  it('takes a missing or broken report for a failure', () => {
    expect(readVitest(join(folder, 'absent.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(readVitest(report('{"testResults":['), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

describe('readPlaywright', () => {
  it.each([
    [
      'tests that passed',
      { expected: 2, unexpected: 0, flaky: 0, skipped: 1 },
      0,
      { passed: 2, failed: 0, skipped: 1 },
    ],
    [
      'a flaky test as failed',
      { expected: 2, unexpected: 1, flaky: 1, skipped: 0 },
      1,
      { passed: 2, failed: 2, skipped: 0 },
    ],
    [
      'a crash after the tests',
      { expected: 2, unexpected: 0, flaky: 0, skipped: 0 },
      1,
      { passed: 2, failed: 1, skipped: 0 },
    ],
    [
      'no test at all',
      { expected: 0, unexpected: 0, flaky: 0, skipped: 0 },
      0,
      { passed: 0, failed: 1, skipped: 0 },
    ],
  ])('counts %s', (_, stats, code, tally) => {
    expect(readPlaywright(report({ stats }), code)).toEqual(tally)
  })
})
