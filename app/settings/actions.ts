'use server'

import { revalidatePath } from 'next/cache'
import type { LookState } from '../../components/settings/events-state'
import type { SettingsState } from '../../components/settings/settings-form'
import { BitcohortError } from '../../lib/bitmapist/face'
import { displaySchema, keepDisplay } from '../../lib/server/display'
import { rescanEvents } from '../../lib/server/reports'
import { problemText } from '../users/problem'

/** Keeps the display settings in this browser. */
export async function saveDisplay(_: SettingsState, form: FormData): Promise<SettingsState> {
  const read = displaySchema.safeParse(Object.fromEntries(form))
  if (!read.success) {
    const field = read.error.issues[0]?.path.join('.') ?? 'form'
    return { kept: false, problem: `“${field}” is not one of the choices: nothing was kept.` }
  }
  await keepDisplay(read.data)
  return { kept: true }
}

/** Looks for events that other programs wrote or deleted; the page then tells of them. */
export async function lookForEvents(_: LookState): Promise<LookState> {
  try {
    await rescanEvents()
  } catch (error) {
    if (!(error instanceof BitcohortError)) throw error
    return { problem: problemText(error) }
  }
  revalidatePath('/settings')
  return null
}
