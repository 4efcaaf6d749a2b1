import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { AttributeBitmap, Batch, Bitmap, Bitmapist, EventBitmap, UserSet } from '../../lib/bitmapist'
import * as library from '../../lib/bitmapist'
import { ROOT } from '../../scripts/system/project.mjs'

const MARKS = [
  ...(['mark', 'markAll', 'batch', 'markEvent', 'unmarkEvent', 'markAttribute', 'unmarkAttribute'] as const),
  ...(['markUnique', 'unmarkUnique'] as const),
]
const HANDLES = [
  ...(['getEvent', 'getHourEvent', 'getDayEvent', 'getWeekEvent', 'getMonthEvent', 'getYearEvent'] as const),
  ...(['getEventsOverTime', 'getAttribute', 'getUniqueEvent'] as const),
  ...(['bitOpAnd', 'bitOpOr', 'bitOpXor', 'bitOpNot'] as const),
]
const REPORTS = [
  ...(['retention', 'retentionUsers', 'series', 'count', 'has', 'members', 'usersOf'] as const),
  ...(['user', 'userDays', 'dots'] as const),
]
const NAMES = ['events', 'rescan', 'eventNames', 'attributeNames', 'getEventNames'] as const
const DELETES = [
  ...(['deleteEvent', 'deletePeriod', 'deleteAllEvents', 'deleteKeys', 'deleteTemporaryBitopKeys'] as const),
]
const GIVEN = ['prefix', 'zone', 'clock', 'check', 'cacheStats', 'walkStats', 'close'] as const
const BITMAPIST = [...MARKS, ...HANDLES, ...REPORTS, ...NAMES, ...DELETES, ...GIVEN]
const BITMAP = [
  ...(['count', 'has', 'hasEventsMarked', 'and', 'or', 'xor', 'minus', 'not'] as const),
  ...(['delta', 'prev', 'next', 'periodStart', 'periodEnd', 'eventFinished'] as const),
  ...(['delete', 'equals', 'toString', 'expression', 'library'] as const),
]
const EVENT_BITMAP = ['event', 'period', 'fromDate'] as const
const ATTRIBUTE_BITMAP = ['name'] as const
const USER_SET = ['count', 'some', 'page', 'chunks', 'knownAsOf'] as const
const BATCH = [
  ...(['markEvent', 'unmarkEvent', 'markAttribute', 'unmarkAttribute', 'size', 'flush', 'clear'] as const),
]

/** Its own names, without those that the language knows. */
type NamesOf<Type> = Exclude<keyof Type, typeof Symbol.asyncIterator>

describe('lib/bitmapist', () => {
  it('has these members', () => {
    expectTypeOf<NamesOf<Bitmapist>>().toEqualTypeOf<(typeof BITMAPIST)[number]>()
    expectTypeOf<NamesOf<Bitmap>>().toEqualTypeOf<(typeof BITMAP)[number]>()
    expectTypeOf<Exclude<NamesOf<EventBitmap>, keyof Bitmap>>().toEqualTypeOf<(typeof EVENT_BITMAP)[number]>()
    expectTypeOf<Exclude<NamesOf<AttributeBitmap>, keyof Bitmap>>().toEqualTypeOf<
      (typeof ATTRIBUTE_BITMAP)[number]
    >()
    expectTypeOf<NamesOf<UserSet>>().toEqualTypeOf<(typeof USER_SET)[number]>()
    expectTypeOf<NamesOf<Batch>>().toEqualTypeOf<(typeof BATCH)[number]>()
  })

  it('is described whole by docs/library.md', () => {
    const text = readFileSync(join(ROOT, 'docs/library.md'), 'utf8').replace(/```.*?```/gs, '')
    const code = new Set(
      [...text.matchAll(/`([^`]+)`/g)].flatMap(([, part = '']) => part.match(/\w+/g) ?? []),
    )
    const members = [BITMAPIST, BITMAP, EVENT_BITMAP, ATTRIBUTE_BITMAP, USER_SET, BATCH].flat()
    const names = [...Object.keys(library), ...members]
    expect(names.filter((name) => !code.has(name))).toEqual([])
  })
})
