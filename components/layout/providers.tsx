'use client'

import { MantineProvider } from '@mantine/core'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { RailProvider } from './rail-state'
import { cssVariablesResolver, theme } from './theme'

/** What every page stands in: the theme, the URL's state and whether the rail is narrow. */
export function Providers({ narrow, children }: { readonly narrow: boolean; readonly children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <NuqsAdapter>
        <RailProvider narrow={narrow}>{children}</RailProvider>
      </NuqsAdapter>
    </MantineProvider>
  )
}
