// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core'
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RetentionLook } from '../../lib/query/view'
import { wholeTable } from '../../tests/fixtures/table'
import { Grid } from './grid'

const LOOK: RetentionLook = { values: 'rate', order: 'newest', heat: 'scale', view: 'table', headline: 1 }

function show(look: Partial<RetentionLook> = {}) {
  const onHeadline = vi.fn()
  render(
    <MantineProvider>
      <Grid table={wholeTable()} look={{ ...LOOK, ...look }} onHeadline={onHeadline} />
    </MantineProvider>,
  )
  const rows = screen.getAllByRole('row').map((row) => row.textContent?.replaceAll('\u00a0', ' ') ?? '')
  return { rows, onHeadline }
}

afterEach(cleanup)

describe('Grid', () => {
  it('has a head, the means, and a row a cohort, the newest first', () => {
    const { rows } = show()
    expect(rows).toHaveLength(15)
    expect(rows[0]).toMatch(/^CohortUsersWeek 0Week 1/)
    expect(rows[1]).toMatch(/^Mean9 cohorts100.0 %/)
    expect(rows[2]).toMatch(/^13–19 Jan 2025/)
    expect(rows[14]).toMatch(/^21–27 Oct 2024/)
  })

  it('turns around', () => expect(show({ order: 'oldest' }).rows[2]).toMatch(/^21–27 Oct 2024/))

  it('says "no users" across a cohort of nobody, and marks small, first and running ones', () => {
    const { rows } = show()
    expect(rows[11]).toContain('no users')
    expect(rows[9]).toContain('few users')
    expect(rows[14]).toContain('history')
    expect(rows[2]).toContain('so far')
  })

  it('shows counts', () => {
    const { rows } = show({ values: 'count' })
    expect(rows[4]).not.toContain('%')
  })

  it('makes the pressed column the headline', () => {
    const { onHeadline } = show()
    const button = within(screen.getByRole('columnheader', { name: 'Week 3' })).getByRole('button')
    fireEvent.click(button)
    expect(onHeadline).toHaveBeenCalledWith(3)
  })

  it('opens a cell on Enter and closes it on Escape, the focus back in the cell', () => {
    show()
    const cell = document.querySelector<HTMLElement>('[data-r="4"][data-k="1"]')
    cell?.focus()
    if (cell) fireEvent.keyDown(cell, { key: 'Enter' })
    const dialog = screen.getByRole('dialog')
    expect(dialog.textContent).toContain('came back')
    fireEvent.keyDown(within(dialog).getByRole('button'), { key: 'Escape' })
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(document.activeElement).toBe(cell)
  })

  it('has one stop for Tab', () => {
    show()
    expect(document.querySelectorAll('[data-testid=grid] [data-k][tabindex="0"]')).toHaveLength(1)
  })
})
