'use client'

import { UnstyledButton } from '@mantine/core'
import type { ComponentPropsWithRef, ReactNode } from 'react'
import classes from './form.module.css'

export interface TokenProps extends Omit<ComponentPropsWithRef<'button'>, 'name'> {
  /** What is chosen here, for those who do not see the sentence around it. */
  readonly name: string
  readonly children: ReactNode
  /** The whole text, where `children` may be cut. */
  readonly whole?: string
  readonly quiet?: boolean
}

/** The word of a sentence that can be changed. */
export function Token({ name, children, whole, quiet = false, ...rest }: TokenProps) {
  return (
    <UnstyledButton
      {...rest}
      className={classes.token}
      data-quiet={quiet || undefined}
      title={whole ?? undefined}
    >
      {!quiet && <span className="visually-hidden">{name}: </span>}
      {children}
    </UnstyledButton>
  )
}
