import type { Metadata } from 'next'
import { Panel, PanelLink } from '../components/cohort/states'
import { Shell } from '../components/layout/shell'

export const metadata: Metadata = { title: 'No such page' }

export default function NotFound() {
  return (
    <Shell>
      <h1 className="visually-hidden">No such page</h1>
      <Panel title="There is no such page">
        <p>The address may be cut off or from another version.</p>
        <p>
          <PanelLink href="/retention">Open the retention report</PanelLink>
        </p>
      </Panel>
    </Shell>
  )
}
