import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { UsersHome } from '../../components/user/users-home'
import { parseUserId, userUrl } from '../../lib/query/user'
import { lookUp } from './actions'
import { idProblem } from './problem'

interface PageParams {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

export const metadata: Metadata = { title: 'Users' }

/** Takes an id: typed here, or from the search box of any page as `?id=`. */
export default async function UsersPage({ searchParams }: PageParams): Promise<ReactNode> {
  const { id } = await searchParams
  const text = [id ?? []].flat()[0]?.slice(0, 40)
  const user = text === undefined ? null : parseUserId(text)
  if (user !== null) redirect(userUrl(user))
  const initial = text === undefined ? null : { id: text, problem: idProblem(text) }
  return <UsersHome action={lookUp} initial={initial} />
}
