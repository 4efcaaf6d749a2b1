import { rmSync } from 'node:fs'
import { BUILD_ID, needsBuild, ROOT, tool } from './project.mjs'
import { runOrFail, step } from './steps.mjs'

/** Builds the app where there is no build or a source is newer than it. */
export async function buildApp() {
  if (!needsBuild()) return
  // A build that is cut off must not look finished.
  rmSync(BUILD_ID, { force: true })
  await step('Building the app', (say) =>
    runOrFail('next build', process.execPath, [tool('next'), 'build'], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      say,
    }),
  )
}
