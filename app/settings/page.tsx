import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Settings } from '../../components/settings/settings'
import { readDisplay } from '../../lib/server/display'
import { saveDisplay } from './actions'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage(): Promise<ReactNode> {
  return <Settings display={await readDisplay()} action={saveDisplay} />
}
