'use client'

import { MantineProvider } from '@mantine/core'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import type { Display } from '../../lib/query/display'
import { RailProvider } from './rail-state'
import { FollowTheme, schemeManager } from './scheme'
import { cssVariablesResolver, theme } from './theme'

export interface ProvidersProps {
  readonly narrow: boolean
  readonly scheme: Display['theme']
  readonly children: ReactNode
}

/** What every page stands in: the theme, the URL's state and whether the rail is narrow. */
export function Providers({ narrow, scheme, children }: ProvidersProps) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={schemeManager}
      defaultColorScheme={scheme}
    >
      <FollowTheme theme={scheme} />
      <NuqsAdapter>
        <RailProvider narrow={narrow}>{children}</RailProvider>
      </NuqsAdapter>
    </MantineProvider>
  )
}
