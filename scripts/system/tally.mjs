import { readFileSync } from 'node:fs'

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** A step that could not tell how many of its tests failed is one failure. @type {Tally} */
export const FAILED = { passed: 0, failed: 1, skipped: 0 }
/** @type {Tally} */
export const PASSED = { passed: 1, failed: 0, skipped: 0 }

/**
 * The last line of `npm test`: `12 passed, 0 failed`, with `, 3 skipped` only where some were.
 * @param {Tally} tally
 */
export function tallyLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** @param {readonly Tally[]} tallies @returns {Tally} */
export function addTallies(tallies) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { passed, failed, skipped } of tallies) {
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  return sum
}

/**
 * A runner that ended badly without a failed test, or ran none, has failed.
 * @param {Tally} tally @param {number} code the runner's exit code
 * @returns {Tally}
 */
function honest(tally, code) {
  const ran = tally.passed + tally.failed + tally.skipped
  return tally.failed === 0 && (code !== 0 || ran === 0) ? { ...tally, failed: 1 } : tally
}

/**
 * @param {string} file vitest's JSON report @param {number} code vitest's exit code
 * @returns {Tally}
 */
export function readVitest(file, code) {
  const report = readReport(file)
  if (!report) return FAILED
  const files = /** @type {{ status: string, assertionResults: { status: string }[] }[]} */ (
    report.testResults
  )
  const tally = { passed: 0, failed: 0, skipped: 0 }
  for (const { status, assertionResults } of files) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length
    const passed = assertionResults.filter((test) => test.status === 'passed').length
    tally.passed += passed
    tally.skipped += assertionResults.length - passed - failed
    // A file that does not load, or a hook that throws, fails no test of its own.
    tally.failed += status === 'failed' ? Math.max(1, failed) : failed
  }
  return honest(tally, code)
}

/**
 * @param {string} file Playwright's JSON report @param {number} code Playwright's exit code
 * @returns {Tally}
 */
export function readPlaywright(file, code) {
  const report = readReport(file)
  if (!report) return FAILED
  const { expected, unexpected, flaky, skipped } = report.stats
  const failed = unexpected + flaky
  return honest({ passed: expected, failed, skipped }, code)
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // The runner crashed before it wrote its report.
    return null
  }
}
