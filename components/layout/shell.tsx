'use client'

import { Burger, Drawer, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { CollapseIcon, ExpandIcon, Logo, RetentionIcon, SettingsIcon, UsersIcon } from './icons'
import { useRail } from './rail-state'
import { Search } from './search'
import classes from './shell.module.css'
import { ThemeSwitch } from './theme-switch'

interface PageLink {
  readonly href: string
  readonly text: string
  readonly icon: ReactNode
}

const GROUPS: readonly (readonly PageLink[])[] = [
  [{ href: '/retention', text: 'Retention', icon: <RetentionIcon /> }],
  [{ href: '/users', text: 'Users', icon: <UsersIcon /> }],
  [{ href: '/settings', text: 'Settings', icon: <SettingsIcon /> }],
]

function Pages({ onOpen }: { readonly onOpen?: () => void }) {
  return GROUPS.map((pages) => <Group key={pages[0]?.href} pages={pages} {...(onOpen && { onOpen })} />)
}

function Group({ pages, onOpen }: { readonly pages: readonly PageLink[]; readonly onOpen?: () => void }) {
  const path = usePathname()
  const isIn = (href: string) => path === href || path.startsWith(`${href}/`)
  return (
    <ul className={classes.pages}>
      {pages.map(({ href, text, icon }) => (
        <li key={href}>
          <Link
            href={href}
            // The bare address leads to a whole report: not to be computed before it is wanted.
            prefetch={false}
            className={classes.page}
            aria-current={path === href ? 'page' : isIn(href) || undefined}
            onClick={onOpen}
            title={text}
          >
            {icon}
            <span className={classes.pageText}>{text}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Rail() {
  const { narrow, setNarrow } = useRail()
  return (
    <nav className={classes.rail} data-narrow={narrow || undefined} aria-label="Reports">
      <div className={classes.groups}>
        <Search narrow={narrow} onWiden={() => setNarrow(false)} />
        <Pages />
      </div>
      <UnstyledButton
        className={classes.page}
        onClick={() => setNarrow(!narrow)}
        aria-expanded={!narrow}
        title={narrow ? 'Show the names' : 'Only the icons'}
      >
        {narrow ? <ExpandIcon /> : <CollapseIcon />}
        <span className={classes.pageText}>{narrow ? 'Expand' : 'Collapse'}</span>
      </UnstyledButton>
    </nav>
  )
}

interface BarProps {
  readonly status: ReactNode
  readonly opened: boolean
  readonly onToggle: () => void
}

function Bar({ status, opened, onToggle }: BarProps) {
  return (
    <header className={classes.bar}>
      <Burger
        className={classes.burger}
        opened={opened}
        onClick={onToggle}
        size="sm"
        aria-label="Menu"
        aria-expanded={opened}
      />
      <Link href="/retention" className={classes.project} prefetch={false}>
        <Logo />
        Bitcohort
      </Link>
      <div className={classes.status}>{status}</div>
      <ThemeSwitch />
    </header>
  )
}

/** The frame of every page. @param status what the bar says of the page's numbers */
export function Shell({ status, children }: { readonly status?: ReactNode; readonly children: ReactNode }) {
  const [opened, drawer] = useDisclosure(false)
  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        Skip to the report
      </a>
      <Bar status={status} opened={opened} onToggle={drawer.toggle} />
      <Rail />
      <Drawer
        opened={opened}
        onClose={drawer.close}
        title="Bitcohort"
        size={260}
        closeButtonProps={{ 'aria-label': 'Close the menu' }}
        transitionProps={{ duration: 120 }}
      >
        <nav aria-label="Reports" className={classes.groups}>
          <Search narrow={false} />
          <Pages onOpen={drawer.close} />
        </nav>
      </Drawer>
      <main id="main" className={classes.main} tabIndex={-1}>
        {children}
        <div id="overlays" />
      </main>
    </div>
  )
}
