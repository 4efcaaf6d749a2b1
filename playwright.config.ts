import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/system/programs.mjs'

export default defineConfig({
  testDir: 'tests/e2e',
  // Each file's fixtures start their own Redis and app; two at once are too much for a small machine.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  outputDir: 'test-results',
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: findChromium() ?? '/usr/bin/chromium',
      args: [
        // The page under test is our own, and a container's root has no sandbox.
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
      ],
    },
  },
})
