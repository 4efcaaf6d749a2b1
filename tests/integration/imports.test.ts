import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT, tool } from '../../scripts/system/project.mjs'

const folder = mkdtempSync(join(tmpdir(), 'bitcohort-imports-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** [file, what it may import, what it may not] */
const RULES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'app/retention/page.tsx',
    [
      '../../components/a',
      '../../lib/server/a',
      '../../lib/query/a',
      '../../lib/bitmapist/face',
      'next/headers',
    ],
    [
      '../../lib/bitmapist',
      '../../lib/bitmapist/mark',
      '../../lib/ingest/a',
      '../../scripts/a',
      '../../tests/a',
      'ioredis',
    ],
  ],
  [
    'components/cohort/a.tsx',
    [
      '../../lib/query/a',
      '../../lib/bitmapist/face',
      '../chart/a',
      'react',
      '@mantine/core',
      'nuqs/adapters/next/app',
    ],
    [
      '../../app/page',
      '../../lib/server/a',
      '../../lib/ingest/a',
      '../../lib/bitmapist',
      '../../lib/bitmapist/key',
      'ioredis',
      'node:fs',
      'node:fs/promises',
      'server-only',
      'next/headers',
    ],
  ],
  [
    'lib/server/a.ts',
    ['../bitmapist', '../bitmapist/key', '../query/a', '../ingest/a', 'ioredis', 'node:fs', 'server-only'],
    [
      '../../app/a',
      '../../components/cohort/a',
      '../../scripts/a',
      '../../tests/a',
      'react',
      '@mantine/core',
    ],
  ],
  [
    'lib/ingest/a.ts',
    ['../bitmapist', '../bitmapist/mark', './b', 'zod'],
    ['../server/a', '../query/a', '../../app/a', 'next/server', 'ioredis', 'node:fs'],
  ],
  [
    'lib/query/a.ts',
    ['../bitmapist/face', './b', 'nuqs/server'],
    [
      '../bitmapist',
      '../bitmapist/mark',
      '../server/a',
      '../ingest/a',
      '../../components/a',
      'react',
      'next',
      'node:fs',
    ],
  ],
  [
    'scripts/test.mjs',
    ['./system/a.mjs', '../a.mjs', 'node:fs', 'node:timers/promises'],
    ['ioredis', 'next/x', '@playwright/test'],
  ],
  [
    'scripts/a.ts',
    ['../lib/bitmapist', '../lib/server/config', 'ioredis', 'node:fs'],
    ['../app/a', '../components/cohort/a', '../tests/a', 'server-only', '../lib/server/connection'],
  ],
  [
    'lib/bitmapist/index.ts',
    ['./reports/retention', './mark', 'ioredis'],
    ['../query/a', '../server/a', '../ingest/a', '../../app/a', 'react', 'next', 'node:fs', 'pino', 'zod'],
  ],
  ['lib/bitmapist/errors.ts', [], ['./period', './key', 'ioredis']],
  ['lib/bitmapist/period.ts', ['./errors', './calendar'], ['./key', './expression', 'ioredis']],
  [
    'lib/bitmapist/key.ts',
    ['./errors', './period', './expression'],
    ['./store/source', './evaluate', './reports/table', 'ioredis'],
  ],
  ['lib/bitmapist/expression.ts', ['./errors', './period'], ['./key', './evaluate', 'ioredis']],
  [
    'lib/bitmapist/face.ts',
    ['./expression', './period', './reports/table', './reports/figures'],
    ['./evaluate', './mark', './reports/retention', './store/source', './kernel/simd', 'ioredis'],
  ],
  ['lib/bitmapist/kernel/a.ts', ['./b'], ['../errors', '../evaluate', 'ioredis', 'node:fs']],
  [
    'lib/bitmapist/store/a.ts',
    ['./b', '../key', '../errors', 'ioredis'],
    ['../evaluate', '../reports/table', '../mark', '../kernel/simd'],
  ],
  [
    'lib/bitmapist/evaluate.ts',
    ['./store/source', './kernel/kernel', './plan', './expression'],
    ['./reports/retention', './bitmapist', './mark', 'ioredis'],
  ],
  [
    'lib/bitmapist/reports/a.ts',
    ['../evaluate', '../plan', '../expression', './table'],
    ['../store/source', '../kernel/simd', '../bitmapist', '../mark', 'ioredis'],
  ],
  ['lib/bitmapist/reports/table.ts', ['../period'], ['../evaluate', './retention', '../store/source']],
]

/** The lines of a file, one an import, at which the rules object. */
function lint(files: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  cpSync(join(ROOT, 'biome.imports.json'), join(folder, 'biome.imports.json'))
  const settings = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'))
  // The folder is no repository.
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...settings, vcs: { enabled: false } }))
  for (const [file, modules] of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    writeFileSync(join(folder, file), modules.map((name) => `import '${name}'\n`).join(''))
  }
  const args = [tool('biome'), 'lint', '--reporter=json', '--max-diagnostics=none', '.']
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const { diagnostics } = JSON.parse(stdout)
  const refused = diagnostics.filter(({ category }: { category: string }) =>
    category.endsWith('/noRestrictedImports'),
  )
  return new Set(refused.map(({ location }: Diagnostic) => `${location.path}:${location.start.line}`))
}

interface Diagnostic {
  readonly location: { readonly path: string; readonly start: { readonly line: number } }
}

describe('biome.imports.json', () => {
  const files = new Map(RULES.map(([file, allowed, refused]) => [file, [...allowed, ...refused]]))
  const refusals = lint(files)

  it.each(RULES)('holds what %s may import', (file, allowed, refused) => {
    const modules = files.get(file) ?? []
    expect(modules.filter((_, i) => refusals.has(`${file}:${i + 1}`))).toEqual(refused)
    expect(modules.filter((_, i) => !refusals.has(`${file}:${i + 1}`))).toEqual(allowed)
  })
})
