import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Settings } from '../../components/settings/settings'
import { BitcohortError } from '../../lib/bitmapist/face'
import { readDisplay } from '../../lib/server/display'
import { loadEvents, projectZone } from '../../lib/server/reports'
import { problemText } from '../users/problem'
import { lookForEvents, saveDisplay } from './actions'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage(): Promise<ReactNode> {
  // Before the zone, which connects: at build time nothing is asked, and nothing must be connected.
  const display = await readDisplay()
  return (
    <Settings
      display={display}
      events={await events()}
      timeZone={projectZone().name}
      actions={{ save: saveDisplay, look: lookForEvents }}
    />
  )
}

async function events() {
  try {
    return await loadEvents()
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    return { problem: problemText(error) }
  }
}
