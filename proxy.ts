import { type NextRequest, NextResponse } from 'next/server'
import { refusalOf } from './lib/server/guard'
import { errorResponse, statusOf } from './lib/server/respond'

/** Stands before every page and call: without a sign-in only this machine's own pages and programs are served. */
export function proxy(request: NextRequest): Response {
  const { pathname } = request.nextUrl
  const refusal = refusalOf(request, pathname)
  if (refusal === null) return NextResponse.next()
  if (pathname.startsWith('/api')) return errorResponse(refusal)
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }
  return new Response(`${refusal.message}\n`, { status: statusOf(refusal), headers })
}

export const config = { matcher: '/((?!_next/static/).*)' }
