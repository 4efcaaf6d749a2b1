import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { UsersHome } from '../../components/user/users-home'
import { BitcohortError } from '../../lib/bitmapist/face'
import { isAddressable, MAX_TYPED, userUrl } from '../../lib/query/user'
import { projectIdMode, typedUser } from '../../lib/server/users'
import { lookUp } from './actions'
import { addressProblem, idProblem, problemText } from './problem'

interface PageParams {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

export const metadata: Metadata = { title: 'Users' }

/** Takes an id: typed here, or from the search box of any page as `?id=`. */
export default async function UsersPage({ searchParams }: PageParams): Promise<ReactNode> {
  const { id } = await searchParams
  const text = [id ?? []].flat()[0]?.slice(0, MAX_TYPED)
  if (text === undefined) return <UsersHome action={lookUp} initial={null} />
  const found = await find(text)
  if ('url' in found) redirect(found.url)
  return <UsersHome action={lookUp} initial={{ id: text, problem: found.problem }} />
}

/** Where the page of a typed id is, or why there is none. */
async function find(text: string): Promise<{ readonly url: string } | { readonly problem: string }> {
  try {
    const user = await typedUser(text)
    if (user === null) return { problem: idProblem(text, projectIdMode()) }
    return isAddressable(user) ? { url: userUrl(user) } : { problem: addressProblem(text) }
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    return { problem: problemText(error) }
  }
}
