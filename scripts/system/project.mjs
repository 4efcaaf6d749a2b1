import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** Marks a finished build. */
export const BUILD_ID = join(ROOT, '.next', 'BUILD_ID')

/** What a build is made of; a build older than any of it is made again. */
const SOURCES = [
  'app',
  'components',
  'lib',
  'public',
  'instrumentation.ts',
  'proxy.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
]

/**
 * The arguments of node that run a TypeScript file of the project, without a shell or npm in between: signals reach it.
 * @param {string} file such as 'scripts/start.ts'
 */
export function typescript(file) {
  return ['--import', 'tsx', join(ROOT, file)]
}

/**
 * The command-line tool of an installed package, to be run by node.
 * @param {'next' | 'biome' | 'tsc' | 'vitest' | 'playwright'} name
 */
export function tool(name) {
  const files = {
    next: 'next/dist/bin/next',
    biome: '@biomejs/biome/bin/biome',
    tsc: 'typescript/bin/tsc',
    vitest: 'vitest/vitest.mjs',
    playwright: '@playwright/test/cli.js',
  }
  return join(ROOT, 'node_modules', files[name])
}

/** Whether the app must be built: there is no build, or a source is newer than it. */
export function needsBuild() {
  const built = modifiedMs(BUILD_ID)
  return built === 0 || SOURCES.some((source) => newestMs(join(ROOT, source)) > built)
}

/** @param {string} path @returns {number} 0 where there is nothing */
function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/**
 * The newest change in a file or folder; a folder's own time tells of removed files. Tests are no part of a build.
 * @param {string} path
 * @returns {number}
 */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : stat.mtimeMs
  const inside = readdirSync(path).map((name) => newestMs(join(path, name)))
  return Math.max(stat.mtimeMs, ...inside)
}
