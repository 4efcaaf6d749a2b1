'use client'

import { Popover } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Token, type TokenProps } from './token'

export interface TokenPopoverProps extends Pick<TokenProps, 'name' | 'whole' | 'quiet'> {
  /** What the word says. */
  readonly text: ReactNode
  /** Pixels. */
  readonly width?: number
  /** What opens under the word; made anew each time. */
  readonly children: (close: () => void) => ReactNode
}

/** A word of the sentence, and what changes it in a popover. */
export function TokenPopover({ text, width = 250, children, ...token }: TokenPopoverProps) {
  const [opened, popover] = useDisclosure(false)
  return (
    <Popover
      opened={opened}
      onChange={(open) => (open ? popover.open() : popover.close())}
      position="bottom-start"
      width={width}
      trapFocus
      returnFocus
      transitionProps={{ duration: 100 }}
    >
      <Popover.Target>
        <Token {...token} onClick={popover.toggle}>
          {text}
        </Token>
      </Popover.Target>
      <Popover.Dropdown aria-label={token.name}>{opened && children(popover.close)}</Popover.Dropdown>
    </Popover>
  )
}
