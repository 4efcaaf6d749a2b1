'use client'

import { UnstyledButton } from '@mantine/core'
import Form from 'next/form'
import { SearchIcon } from './icons'
import { useIdInput } from './id-mode'
import classes from './shell.module.css'

export interface SearchProps {
  /** Only an icon, which makes room for the field. */
  readonly narrow: boolean
  readonly onWiden?: () => void
}

/** Takes a user's id from anywhere; a plain GET form. */
export function Search({ narrow, onWiden }: SearchProps) {
  const { inputMode, maxLength } = useIdInput()
  if (narrow)
    return (
      <UnstyledButton className={classes.page} onClick={onWiden} title="Find a user">
        <SearchIcon />
        <span className={classes.pageText}>Find a user</span>
      </UnstyledButton>
    )
  return (
    <Form action="/users" prefetch={false} className={classes.search}>
      <SearchIcon />
      <input
        name="id"
        inputMode={inputMode}
        autoComplete="off"
        maxLength={maxLength}
        required
        aria-label="Find a user by id"
        placeholder="User id"
      />
    </Form>
  )
}
