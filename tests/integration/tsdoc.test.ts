import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/system/project.mjs'

const SOURCE = join(ROOT, 'lib/bitmapist')
/** What exports again what another file exports is described there. */
const DECLARED = /^export (?!\*|\{|type \{)/

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/\.(test|bench)\.ts$|assembly/.test(file),
)

/** The exports of a file, each as its first line, that no comment stands before. */
function undescribed(text: string): readonly string[] {
  const lines = text.split('\n')
  return lines.filter((line, i) => DECLARED.test(line) && !/\*\/\s*$/.test(lines[i - 1] ?? ''))
}

describe('lib/bitmapist', () => {
  it('describes each of its exports', () => {
    const missing = files.flatMap((file) =>
      undescribed(readFileSync(join(SOURCE, file), 'utf8')).map((line) => `${file}: ${line}`),
    )
    expect(files.length).toBeGreaterThan(60)
    expect(missing).toEqual([])
  })

  it.each([
    ['export const one = 1', ['export const one = 1']],
    ['/** One. */\nexport const one = 1\nexport type Two = 2', ['export type Two = 2']],
    ["export * from './a'\nexport { b } from './b'\nexport type { C } from './c'", []],
  ])('so that %j lacks %j', (text, missing) => {
    expect(undescribed(text)).toEqual(missing)
  })
})
