'use client'

import { MantineProvider } from '@mantine/core'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import type { IdMode } from '../../lib/bitmapist/face'
import type { Display } from '../../lib/query/display'
import { IdModeProvider } from './id-mode'
import { RailProvider } from './rail-state'
import { FollowTheme, schemeManager } from './scheme'
import { cssVariablesResolver, theme } from './theme'

export interface ProvidersProps {
  readonly narrow: boolean
  readonly scheme: Display['theme']
  readonly idMode: IdMode
  readonly children: ReactNode
}

/** What every page stands in: the theme, the URL's state, whether the rail is narrow, and what ids are. */
export function Providers({ narrow, scheme, idMode, children }: ProvidersProps) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={schemeManager}
      defaultColorScheme={scheme}
    >
      <FollowTheme theme={scheme} />
      <NuqsAdapter>
        <IdModeProvider value={idMode}>
          <RailProvider narrow={narrow}>{children}</RailProvider>
        </IdModeProvider>
      </NuqsAdapter>
    </MantineProvider>
  )
}
