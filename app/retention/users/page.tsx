import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { isOutage, problemOf } from '../../../components/cohort/answer'
import { BadQuestionPage, OutagePage } from '../../../components/cohort/pages'
import { CellUsersView } from '../../../components/user/cell-users-view'
import { BitcohortError } from '../../../lib/bitmapist/face'
import { MAX_PAGE, parseRetentionUsersQuery } from '../../../lib/query/lists'
import { loadCellUsers } from '../../../lib/server/cell-users'
import { projectZone } from '../../../lib/server/reports'
import { projectIdMode } from '../../../lib/server/users'
import { parametersOf } from '../../parameters'

interface PageParams {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

export const metadata: Metadata = { title: 'Users of a cell' }

/** The users behind a cell, a row or a mean of a retention report. */
export default async function CellUsersPage({ searchParams }: PageParams): Promise<ReactNode> {
  // Before the zone, which connects: at build time nothing is asked, and nothing must be connected.
  const params = parametersOf(await searchParams)
  try {
    const zone = projectZone()
    const asked = parseRetentionUsersQuery(params, { now: new Date(), zone })
    const { output } = asked
    const page = output.format === 'json' ? output : { after: null, limit: MAX_PAGE }
    const found = await loadCellUsers(asked, page)
    const idMode = projectIdMode()
    return <CellUsersView {...{ asked, found, idMode }} after={page.after} timeZone={zone.name} />
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    const problem = problemOf(error)
    return isOutage(problem) ? (
      <OutagePage problem={problem} title="Users of a cell" />
    ) : (
      <BadQuestionPage problem={problem} />
    )
  }
}
