'use client'

import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { useMounted } from '@mantine/hooks'
import { AutoIcon, MoonIcon, SunIcon } from './icons'

const SCHEMES: readonly { readonly value: MantineColorScheme; readonly text: string }[] = [
  { value: 'light', text: 'Light' },
  { value: 'dark', text: 'Dark' },
  { value: 'auto', text: 'As the system' },
]

function SchemeIcon({ scheme }: { readonly scheme: MantineColorScheme }) {
  switch (scheme) {
    case 'light':
      return <SunIcon />
    case 'dark':
      return <MoonIcon />
    case 'auto':
      return <AutoIcon />
    default:
      return scheme satisfies never
  }
}

export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  // The server does not know what this browser chose; the button's own icon follows the page's colours by CSS.
  const mounted = useMounted()
  const choose = (next: string) => {
    const scheme = SCHEMES.find(({ value }) => value === next)
    if (scheme) setColorScheme(scheme.value)
  }
  return (
    <Menu position="bottom-end" width={180} transitionProps={{ duration: 100 }}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label="Theme" c="var(--ink-dim)">
          <span className="mantine-dark-hidden">
            <SunIcon />
          </span>
          <span className="mantine-light-hidden">
            <MoonIcon />
          </span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label="Theme">
        <Menu.RadioGroup value={mounted ? colorScheme : null} onChange={choose}>
          {SCHEMES.map(({ value, text }) => (
            <Menu.RadioItem
              key={value}
              value={value}
              closeMenuOnClick
              rightSection={<SchemeIcon scheme={value} />}
            >
              {text}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
