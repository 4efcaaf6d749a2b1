'use client'

import { Button, Menu } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { printOutput } from '../../lib/query/output'
import { ExportIcon, LinkIcon } from '../layout/icons'

const FORMS = [
  { text: 'Counts', output: printOutput({ format: 'csv', layout: 'wide', values: 'count' }) },
  { text: 'Percentages', output: printOutput({ format: 'csv', layout: 'wide', values: 'rate' }) },
  {
    text: 'One row per cell, with state',
    output: printOutput({ format: 'csv', layout: 'long', values: 'count' }),
  },
] as const

/** The report as CSV, three ways, and its link. @param question the report's parameters */
export function ExportMenu({ question }: { readonly question: string }) {
  return (
    <Menu position="bottom-end" width={240} transitionProps={{ duration: 100 }}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<ExportIcon />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label="Export">
        <Menu.Label>CSV</Menu.Label>
        {FORMS.map(({ text, output }) => (
          <Menu.Item key={text} component="a" href={`/api/v1/retention?${question}&${output}`} download>
            {text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Copies the page's address, which holds the whole question. */
export function ShareButton() {
  const clipboard = useClipboard({ timeout: 1500 })
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<LinkIcon />}
      onClick={() => clipboard.copy(window.location.href)}
      aria-live="polite"
      miw={104}
    >
      {clipboard.copied ? 'Copied' : 'Copy link'}
    </Button>
  )
}
