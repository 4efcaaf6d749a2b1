'use server'

import { redirect } from 'next/navigation'
import type { ChangeState } from '../../components/user/change-form'
import type { LookUpState } from '../../components/user/look-up-form'
import { unknownWords } from '../../components/user/words'
import { BitcohortError } from '../../lib/bitmapist/face'
import { MAX_TYPED, userUrl } from '../../lib/query/user'
import { byHandSchema, changeByHand } from '../../lib/server/by-hand'
import { loadUser, projectIdMode, typedUser } from '../../lib/server/users'
import { idProblem, problemText } from './problem'

/** Leads to the page of the id that was typed, or says why there is nothing to see. */
export async function lookUp(_: LookUpState, form: FormData): Promise<LookUpState> {
  const text = String(form.get('id') ?? '').slice(0, MAX_TYPED)
  const found = await told(async () => {
    const user = await typedUser(text)
    return user === null ? { user } : { user, report: await loadUser(user) }
  })
  if ('problem' in found) return { id: text, problem: found.problem }
  const { user, report } = found
  if (user === null) return { id: text, problem: idProblem(text, projectIdMode()) }
  if (!report.known) return { id: text, problem: unknownWords(report) }
  return redirect(userUrl(user))
}

/** Marks or unmarks an event on a day, sets or clears an attribute, or takes one of these back. */
export async function change(_: ChangeState, form: FormData): Promise<ChangeState> {
  const read = byHandSchema.safeParse(Object.fromEntries(form))
  if (!read.success) {
    const [issue] = read.error.issues
    return { problem: `The form cannot be read: ${issue?.path.join('.')}: ${issue?.message}` }
  }
  const { user, op, name, date, event, undo } = read.data
  const bits = await told(() => changeByHand(read.data))
  if ('problem' in bits) return bits
  const ofAttribute = op === 'set' || op === 'clear'
  const done = { done: op, bits: bits.join(','), undone: undo && '1' }
  return redirect(
    ofAttribute
      ? userUrl(user, { event, date, attribute: name, ...done })
      : userUrl(user, { event: name, date, ...done }),
  )
}

/** What a work gives, or in words why it failed. */
async function told<Result extends object>(
  work: () => Promise<Result>,
): Promise<Result | { problem: string }> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    return { problem: problemText(error) }
  }
}
