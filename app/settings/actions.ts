'use server'

import type { SettingsState } from '../../components/settings/settings-form'
import { displaySchema, keepDisplay } from '../../lib/server/display'

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
