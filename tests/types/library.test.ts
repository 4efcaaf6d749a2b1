import { type Cluster, Redis } from 'ioredis'
import { describe, expectTypeOf, it } from 'vitest'
import {
  type AttributeBitmap,
  type Batch,
  BitcohortError,
  type Bitmap,
  Bitmapist,
  type BitmapistOptions,
  type ERRORS,
  type ErrorCode,
  type EventBitmap,
  type EventList,
  type EventOptions,
  type Expression,
  type IdMode,
  type IdOf,
  type Mark,
  type MarkOptions,
  type Period,
  type RetentionCell,
  type RetentionRequest,
  type RetentionRow,
  type RetentionTable,
  type SeriesReport,
  type UserId,
  type UserPage,
  type UserReport,
  type UserSet,
} from '../../lib/bitmapist'

/** Never connects: types are all that is asked. */
const redis = new Redis({ lazyConnect: true })
const integer = new Bitmapist({ redis })
const mapped = new Bitmapist({ redis, idMode: 'mapped' })
/** Compiled, never run. */
const compiled = (_: () => unknown) => undefined

describe('Bitmapist', () => {
  it('has integer ids unless they are mapped', () => {
    expectTypeOf(integer).toEqualTypeOf<Bitmapist<'integer'>>()
    expectTypeOf(new Bitmapist({ redis, idMode: 'integer' })).toEqualTypeOf<Bitmapist>()
    expectTypeOf(mapped).toEqualTypeOf<Bitmapist<'mapped'>>()
    expectTypeOf<IdOf<'integer'>>().toEqualTypeOf<number>()
    expectTypeOf<IdOf<'mapped'>>().toEqualTypeOf<string>()
    expectTypeOf<IdOf<IdMode>>().toEqualTypeOf<UserId>()
    expectTypeOf<Bitmapist<'mapped'>>().not.toExtend<Bitmapist>()
  })

  it('takes these options', () => {
    expectTypeOf<Required<BitmapistOptions<'mapped'>>>().toEqualTypeOf<{
      readonly redis: Redis | Cluster
      readonly prefix: string
      readonly maxUserId: number
      readonly trackHourly: boolean
      readonly trackUnique: boolean
      readonly maxKeys: number
      readonly timeZone: string
      readonly idMode: 'mapped'
      readonly cacheBytes: number
      readonly clock: () => Date
    }>()
    expectTypeOf<{ redis: Redis }>().toExtend<BitmapistOptions>()
    compiled(() => [
      // @ts-expect-error: no Redis
      new Bitmapist({}),
      // @ts-expect-error: no such mode
      new Bitmapist({ redis, idMode: 'text' }),
      // @ts-expect-error: no such option
      new Bitmapist({ redis, keyPrefix: 'trackist_' }),
    ])
  })

  it('takes and gives the ids of its mode', () => {
    expectTypeOf(integer.markEvent).parameters.toEqualTypeOf<[string, number, EventOptions?]>()
    expectTypeOf(mapped.markEvent).parameters.toEqualTypeOf<[string, string, EventOptions?]>()
    expectTypeOf(integer.markAttribute).parameters.toEqualTypeOf<[string, number]>()
    expectTypeOf(mapped.markAttribute).parameters.toEqualTypeOf<[string, string]>()
    expectTypeOf(integer.mark).parameters.toEqualTypeOf<[readonly Mark[], MarkOptions?]>()
    expectTypeOf(mapped.mark).parameters.toEqualTypeOf<[readonly Mark<string>[], MarkOptions?]>()
    expectTypeOf(integer.batch()).toEqualTypeOf<Batch>()
    expectTypeOf(mapped.batch()).toEqualTypeOf<Batch<string>>()
    expectTypeOf(integer.members).returns.toEqualTypeOf<AsyncGenerator<number>>()
    expectTypeOf(mapped.members).returns.toEqualTypeOf<AsyncGenerator<string>>()
    expectTypeOf(integer.usersOf).returns.resolves.toEqualTypeOf<UserSet>()
    expectTypeOf(mapped.retentionUsers).returns.resolves.toEqualTypeOf<UserSet<string>>()
    expectTypeOf(integer.user).returns.resolves.toEqualTypeOf<UserReport>()
    expectTypeOf(mapped.user).returns.resolves.toEqualTypeOf<UserReport<string>>()
    expectTypeOf<UserReport<string>['user']>().toEqualTypeOf<string>()
  })

  it('refuses the ids of the other mode', () => {
    const attribute = { attribute: 'paid' }
    compiled(() => [
      // @ts-expect-error: a text
      integer.markEvent('active', '123'),
      // @ts-expect-error: a number
      mapped.markEvent('active', 123),
      // @ts-expect-error: a text
      integer.mark([{ ...attribute, user: '123' }]),
      // @ts-expect-error: a number
      mapped.mark([{ ...attribute, user: 123 }]),
      // @ts-expect-error: a text
      integer.batch().unmarkAttribute('paid', '123'),
      // @ts-expect-error: a number
      mapped.getMonthEvent('active').has(123),
      // @ts-expect-error: a text
      integer.user('123'),
      // @ts-expect-error: a set of other ids
      integer.getMonthEvent('active').and(mapped.getMonthEvent('active')),
      // @ts-expect-error: the time is a Date
      integer.markEvent('active', 123, { time: '2025-01-06' }),
      // @ts-expect-error: neither event nor attribute
      integer.mark([{ user: 123 }]),
    ])
  })

  it('resolves to numbers, tables and lists', () => {
    expectTypeOf(integer.mark).returns.resolves.toEqualTypeOf<void>()
    expectTypeOf(integer.markAll).returns.resolves.toEqualTypeOf<number>()
    expectTypeOf(integer.count).returns.resolves.toEqualTypeOf<number>()
    expectTypeOf(integer.has).returns.resolves.toEqualTypeOf<boolean>()
    expectTypeOf(integer.retention).returns.resolves.toEqualTypeOf<RetentionTable>()
    expectTypeOf(mapped.series).returns.resolves.toEqualTypeOf<SeriesReport>()
    expectTypeOf(integer.events).returns.resolves.toEqualTypeOf<EventList>()
    expectTypeOf(integer.userDays).returns.resolves.toEqualTypeOf<readonly Period[]>()
    expectTypeOf(integer.dots).returns.resolves.toEqualTypeOf<readonly (readonly boolean[])[]>()
    expectTypeOf(integer.eventNames).returns.resolves.toEqualTypeOf<readonly string[]>()
    expectTypeOf(integer.deleteAllEvents).returns.resolves.toEqualTypeOf<number>()
  })
})

describe('Bitmap', () => {
  it('is of one event and period, of an attribute, or of a combination', () => {
    expectTypeOf(integer.getMonthEvent('active')).toEqualTypeOf<EventBitmap>()
    expectTypeOf(mapped.getYearEvent('active').next()).toEqualTypeOf<EventBitmap<string>>()
    expectTypeOf(integer.getAttribute('paid')).toEqualTypeOf<AttributeBitmap>()
    expectTypeOf(mapped.getUniqueEvent('paid')).toEqualTypeOf<AttributeBitmap<string>>()
    expectTypeOf(integer.bitOpAnd(integer.getDayEvent('active'))).toEqualTypeOf<Bitmap>()
    expectTypeOf<EventBitmap>().toExtend<Bitmap>()
    expectTypeOf<AttributeBitmap<string>>().toExtend<Bitmap<string>>()
    expectTypeOf<Bitmap<string>>().not.toExtend<Bitmap>()
  })

  it('is asked for its users', () => {
    expectTypeOf<Bitmap>().toExtend<AsyncIterable<number>>()
    expectTypeOf<Bitmap<string>>().toExtend<AsyncIterable<string>>()
    expectTypeOf<Bitmap<string>['has']>().toEqualTypeOf<(user: string) => Promise<boolean>>()
    expectTypeOf<Bitmap['count']>().returns.resolves.toEqualTypeOf<number>()
    expectTypeOf<Bitmap['hasEventsMarked']>().returns.resolves.toEqualTypeOf<boolean>()
    expectTypeOf<Bitmap['delete']>().returns.resolves.toEqualTypeOf<boolean>()
    expectTypeOf<Bitmap['equals']>().returns.toEqualTypeOf<boolean>()
  })

  it('has a beginning and an end where it has an event', () => {
    expectTypeOf<Bitmap['periodStart']>().returns.toEqualTypeOf<Date | null>()
    expectTypeOf<Bitmap['periodEnd']>().returns.toEqualTypeOf<Date | null>()
    expectTypeOf<EventBitmap['periodStart']>().returns.toEqualTypeOf<Date>()
    expectTypeOf<EventBitmap['periodEnd']>().returns.toEqualTypeOf<Date>()
  })
})

describe('UserSet', () => {
  it('comes whole, in chunks or in pages, in ids of its mode', () => {
    expectTypeOf<UserSet<string>>().toExtend<AsyncIterable<string>>()
    expectTypeOf<UserSet<string>['chunks']>().returns.toEqualTypeOf<AsyncGenerator<readonly string[]>>()
    expectTypeOf<UserSet<string>['page']>().returns.resolves.toEqualTypeOf<UserPage<string>>()
    expectTypeOf<UserPage<string>['users']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<UserPage['users']>().toEqualTypeOf<readonly number[]>()
    // A bit, whatever the ids are.
    expectTypeOf<UserPage<string>['next']>().toEqualTypeOf<number | null>()
  })
})

describe('RetentionTable', () => {
  it('is null where there is nothing to say yet', () => {
    expectTypeOf<RetentionCell['count']>().toEqualTypeOf<number | null>()
    expectTypeOf<RetentionCell['flag']>().toEqualTypeOf<'silent' | null>()
    expectTypeOf<RetentionCell['state']>().toEqualTypeOf<'closed' | 'open' | 'future'>()
    expectTypeOf<RetentionRow['size']>().toEqualTypeOf<number | null>()
    expectTypeOf<RetentionRow['flag']>().toEqualTypeOf<'history' | null>()
    expectTypeOf<RetentionTable['mean']['weighted']>().toEqualTypeOf<readonly (number | null)[]>()
    expectTypeOf<RetentionTable['mean']['rows']>().toEqualTypeOf<readonly number[]>()
    expectTypeOf<RetentionTable['who' | 'dataFrom' | 'dataTo']>().toEqualTypeOf<string | null>()
    expectTypeOf<RetentionTable['knownAsOf' | 'registryAsOf']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<EventList['registryAsOf']>().toEqualTypeOf<string | null>()
  })

  it('is read only', () => {
    compiled(() => (table: RetentionTable) => {
      // @ts-expect-error: read only
      table.rows = []
      // @ts-expect-error: read only
      table.rows[0].cells[0].count = 1
    })
  })

  it('is asked for with these', () => {
    expectTypeOf<RetentionRequest['mode']>().toEqualTypeOf<
      'on' | 'on-or-after' | 'on-or-before' | 'every' | undefined
    >()
    expectTypeOf<RetentionRequest['cohort']>().toEqualTypeOf<'first' | 'recurring' | undefined>()
    expectTypeOf<RetentionRequest['base']>().toEqualTypeOf<'cohort' | 'previous' | undefined>()
  })
})

describe('Expression', () => {
  it('is one of these kinds', () => {
    expectTypeOf<Expression['kind']>().toEqualTypeOf<
      'event' | 'attribute' | 'segment' | 'and' | 'or' | 'xor' | 'minus' | 'not'
    >()
    const nameOf = (of: Expression): string => {
      switch (of.kind) {
        case 'event':
        case 'attribute':
        case 'segment':
          return of.name
        case 'and':
        case 'or':
        case 'xor':
          return of.items.map(nameOf).join()
        case 'minus':
          return nameOf(of.from)
        case 'not':
          return nameOf(of.of)
        default:
          return of satisfies never
      }
    }
    expectTypeOf(nameOf).returns.toBeString()
  })
})

describe('BitcohortError', () => {
  it('has a code of the table', () => {
    expectTypeOf<ErrorCode>().toEqualTypeOf<keyof typeof ERRORS>()
    expectTypeOf<BitcohortError['code']>().toEqualTypeOf<ErrorCode>()
    expectTypeOf<BitcohortError['field']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<NonNullable<BitcohortError['details']>[number]>().toEqualTypeOf<{
      readonly index: number
      readonly message: string
    }>()
    expectTypeOf(new BitcohortError('BAD_USER', 'no')).toExtend<Error>()
    // @ts-expect-error: no such code
    compiled(() => new BitcohortError('BAD_LUCK', 'no'))
  })
})
