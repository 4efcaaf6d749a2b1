import '@fontsource-variable/inter'
import '../components/layout/mantine.css'
import './globals.css'

import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core'
import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { Providers } from '../components/layout/providers'
import { RAIL_COOKIE } from '../components/layout/rail-cookie'
import { readDisplay } from '../lib/server/display'
import { projectIdMode } from '../lib/server/users'
import { inter } from './font'

export const metadata: Metadata = {
  title: { default: 'Bitcohort', template: '%s · Bitcohort' },
  description: 'Retention, read from bitmaps in Redis',
  openGraph: { siteName: 'Bitcohort', type: 'website' },
  robots: { index: false, follow: false },
}

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const { theme } = await readDisplay()
  const narrow = (await cookies()).get(RAIL_COOKIE)?.value === 'narrow'
  return (
    <html
      lang="en"
      className={inter.variable}
      {...mantineHtmlProps}
      data-mantine-color-scheme={theme === 'dark' ? 'dark' : 'light'}
    >
      <head>
        {/* Only for what the system prefers: the rest is in the cookie, and nothing is in the browser's storage. */}
        <ColorSchemeScript defaultColorScheme={theme} localStorageKey="bitcohort-none" />
      </head>
      <body>
        <Providers narrow={narrow} scheme={theme} idMode={projectIdMode()}>
          {children}
        </Providers>
      </body>
    </html>
  )
}
