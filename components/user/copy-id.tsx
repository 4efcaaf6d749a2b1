'use client'

import { useState } from 'react'
import type { UserId } from '../../lib/bitmapist/face'
import { CopyIcon, DoneIcon } from '../layout/icons'
import classes from './user.module.css'
import { idText } from './words'

const SHOWN_MS = 1500

/** Copies a user's id. Without scripts it is not there. */
export function CopyId({ id }: { readonly id: UserId }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(String(id))
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  return (
    <button
      type="button"
      className={classes.copy}
      aria-label={`${copied ? 'Copied' : 'Copy'} ${idText(id)}`}
      title={copied ? 'Copied' : 'Copy the id'}
      onClick={() => void copy()}
    >
      {copied ? <DoneIcon /> : <CopyIcon />}
    </button>
  )
}
