import { Age, type CacheStats, Engine, type WalkStats } from './evaluate'
import type { Expression } from './expression'
import { checkMode, type IdMode, type IdOf, type Ids, IntegerIds } from './ids'
import { Journal } from './journal'
import { createSimdKernel } from './kernel/simd'
import { checkPrefix, DEFAULT_PREFIX, ownKey } from './key'
import { Everyone } from './known'
import { MappedIds } from './mapped-ids'
import { DEFAULT_MAX_USER_ID, type Mark, Marker, type MarkOptions } from './mark'
import { Meta } from './meta'
import type { BitmapistOptions } from './options'
import type { Period } from './period'
import { Records } from './records'
import { Registry, type View } from './registry'
import { Removals } from './removals'
import { Remover } from './remove'
import { type Cell, cellUsers } from './reports/cell-users'
import { closedKeys, type ReportContext } from './reports/context'
import { eventList } from './reports/event-list'
import { has } from './reports/has'
import { Outlines } from './reports/outline'
import type { RetentionRequest } from './reports/request'
import { retention } from './reports/retention'
import { type SeriesRequest, series } from './reports/series'
import type { EventList, RetentionTable, SeriesReport, UserReport } from './reports/table'
import { user } from './reports/user'
import { type DotsRequest, dots, type UserDaysRequest, userDays } from './reports/user-days'
import { type UserSet, usersOf } from './reports/user-set'
import type { KnownSet } from './snapshot'
import { Server } from './store/server'
import { RedisSource } from './store/source'
import { SpanSource, spanKey } from './store/span'
import { Tracking } from './store/tracking'
import { Wires } from './store/wires'
import type { UserId } from './user-id'
import { type Zone, zoneOf } from './zone'

/**
 * Cohorts over bitmaps in Redis, in the key layout of the Python library bitmapist.
 * One instance is one Redis and one prefix. Besides marks it keeps, under `bitcohort:{prefix}:…`, the settings that they
 * agree on, which events and attributes there are, and who is known; reading keeps these up where others write marks.
 * Where they cannot be written, they are found anew by each process.
 */
export class Bitmapist<Mode extends IdMode = 'integer'> extends Removals<IdOf<Mode>> {
  private readonly engine: Engine
  private readonly ids: Ids<IdOf<Mode>>
  private readonly marker: Marker
  private readonly registry: Registry
  private readonly meta: Meta
  private readonly known: Everyone
  private readonly outlines = new Outlines()
  /** Whether there is one server only. */
  private readonly isAlone: boolean
  protected readonly remover: Remover
  private readonly wires: Wires
  readonly prefix: string
  readonly clock: () => Date
  readonly zone: Zone

  /** No I/O. @throws BAD_SETTINGS, BAD_TIME_ZONE; BAD_USER for `maxUserId` */
  constructor(private readonly options: BitmapistOptions<Mode>) {
    super()
    const {
      redis,
      prefix = DEFAULT_PREFIX,
      maxUserId = DEFAULT_MAX_USER_ID,
      clock = () => new Date(),
    } = options
    this.prefix = checkPrefix(prefix)
    this.clock = clock
    this.zone = zoneOf(options.timeZone ?? 'UTC')
    const server = new Server(redis, ownKey(prefix, 'probe'))
    this.isAlone = server.inOrder
    const { cacheBytes = 0 } = options
    this.wires = new Wires(server)
    const tracker = cacheBytes > 0 ? new Tracking(server, clock, this.wires) : null
    const keeping = tracker && { cacheBytes, tracker }
    const source = new SpanSource(new RedisSource(server, this.wires))
    this.engine = new Engine(source, createSimdKernel, keeping)
    const idMode = checkMode(options.idMode ?? 'integer')
    const ids = idMode === 'mapped' ? new MappedIds(server, prefix) : new IntegerIds(maxUserId)
    // The mode is the type's own: what is made here is what it says, which the compiler cannot see.
    this.ids = ids as Ids<UserId> as Ids<IdOf<Mode>>
    this.meta = new Meta(server, prefix, { timeZone: this.zone.name, idMode, clock })
    const records = new Records(server, prefix, { meta: this.meta, watcher: tracker })
    const parts = { server, prefix, clock, meta: this.meta, records }
    this.registry = new Registry(parts)
    this.known = new Everyone({ ...parts, engine: this.engine })
    const journal = new Journal({ ...parts, registry: this.registry, notesUsers: idMode !== 'mapped' })
    this.marker = new Marker(server, { prefix, ids, clock, zone: this.zone, journal })
    this.remover = new Remover(server, prefix, {
      forget: (gone) => {
        this.engine.noteWrite()
        return this.registry.forget(gone)
      },
    })
  }

  /**
   * Writes a batch of marks in its order; resolves when Redis has them all. Idempotent. Batches of 10,000 and more
   * are best: bits are grouped by key.
   * @throws BAD_MARKS with the index and reason of each bad one: nothing is written then; BAD_SETTINGS; WRONG_TYPE where
   * a key holds no bitmap: the others may be written then
   */
  async mark(marks: readonly Mark<IdOf<Mode>>[], options: MarkOptions = {}): Promise<void> {
    const { trackHourly = this.options.trackHourly, trackUnique = this.options.trackUnique } = options
    await this.marker.write(marks, { trackHourly, trackUnique })
    this.engine.noteWrite()
  }

  /** A retention table. @throws see `retention` */
  async retention(request: RetentionRequest, signal?: AbortSignal): Promise<RetentionTable> {
    return retention(request, await this.context(signal, { isWalked: true }))
  }

  /** How many users match an expression in each period of a range. @throws see `series` */
  async series(request: SeriesRequest, signal?: AbortSignal): Promise<SeriesReport> {
    return series(request, await this.context(signal, { isWalked: true }))
  }

  /** How many users match an expression in a period (null where every event has an `@`). */
  async count(expression: Expression, period: Period | null, signal?: AbortSignal): Promise<number> {
    return (await this.usersOf(expression, period, signal)).count()
  }

  /** Whether a user matches an expression in a period: one bit of each of its keys. @throws BAD_USER; see `has` */
  async has(expression: Expression, user: IdOf<Mode>, period: Period | null): Promise<boolean> {
    return has(expression, { user, of: period }, await this.context())
  }

  /** The ids of the users who match an expression in a period, ascending, in constant memory. */
  async *members(
    expression: Expression,
    period: Period | null,
    signal?: AbortSignal,
  ): AsyncGenerator<IdOf<Mode>> {
    yield* await this.usersOf(expression, period, signal)
  }

  /** The users who match an expression in a period, to be counted, paged or iterated. @throws see `usersOf` */
  async usersOf(
    expression: Expression,
    period: Period | null,
    signal?: AbortSignal,
  ): Promise<UserSet<IdOf<Mode>>> {
    return usersOf(expression, period, await this.context(signal))
  }

  /** The users behind a cell, a row's size or a mean of a retention table. @throws see `cellUsers` */
  async retentionUsers(
    request: RetentionRequest,
    cell: Cell,
    signal?: AbortSignal,
  ): Promise<UserSet<IdOf<Mode>>> {
    return cellUsers(request, cell, await this.context(signal))
  }

  /** What is known of one user: by the running day, or by another day or hour. @throws BAD_USER; see `user` */
  async user(id: IdOf<Mode>, options: { readonly date?: Period } = {}): Promise<UserReport<IdOf<Mode>>> {
    return user(id, options, await this.context())
  }

  /** The days of a range on which a user did an event. @throws BAD_USER; see `userDays` */
  async userDays(id: IdOf<Mode>, request: UserDaysRequest): Promise<readonly Period[]> {
    return userDays(id, request, await this.context())
  }

  /** Whether each of some users matches an expression in each of some periods. @throws see `dots` */
  async dots(ids: readonly IdOf<Mode>[], request: DotsRequest): Promise<readonly (readonly boolean[])[]> {
    return dots(ids, request, await this.context())
  }

  /**
   * The events with their first and last month, and the attributes, that have keys: what is known so far, while the
   * first scan of a Redis that others filled goes on (`scan` tells how far it is).
   * @throws BAD_SETTINGS
   */
  async events(): Promise<EventList> {
    return eventList(await this.registry.list())
  }

  /** Looks at all keys anew, and lists what there is then: what other programs wrote or deleted just now too. */
  async rescan(): Promise<EventList> {
    return eventList(await this.registry.rescan())
  }

  /** Looks whether the data was written with these settings, and whether Redis tells of changes. @throws BAD_SETTINGS */
  async check(): Promise<void> {
    // Raw ids, which no settings tell of, are found by what is there.
    await Promise.all([this.meta.isUnproven ? this.registry.list() : this.meta.check(), this.engine.probe()])
  }

  /** What the cache of bitmaps does. */
  cacheStats(): CacheStats {
    return this.engine.cacheStats()
  }

  /** What walks through bitmaps are doing: of a report mostly one at a time. */
  walkStats(): WalkStats {
    return this.engine.walkStats
  }

  /** Closes the connections that this instance opened: those of its cache; not the one it was given. Idempotent. */
  close(): void {
    this.engine.close()
    this.wires.close()
  }

  protected async names(): Promise<ReportContext['snapshot']> {
    return (await this.context()).snapshot
  }

  /** @param isWalked whether the report walks through its bitmaps at once, so that what is kept can be asked about now */
  private async context(signal?: AbortSignal, { isWalked = false } = {}): Promise<ReportContext<IdOf<Mode>>> {
    const now = this.clock()
    const place = { prefix: this.prefix, now, zone: this.zone }
    const isClosed = closedKeys(place)
    // All at once: an answer of what is kept takes one round trip.
    const early = isWalked && this.isAlone ? this.engine.trust(isClosed) : undefined
    const highestRead = this.ids.highest()
    highestRead.catch(() => undefined)
    const view = await this.registry.read(early)
    const highest = await highestRead
    let everyone: Promise<KnownSet> | undefined
    return {
      engine: this.engine,
      ...place,
      isClosed,
      early,
      outlines: this.outlines,
      snapshot: view.snapshot,
      ids: this.ids,
      highest,
      everyone: () => {
        everyone ??= this.everyone(view, { highest, now })
        return everyone
      },
      maxKeys: this.options.maxKeys ?? Number.POSITIVE_INFINITY,
      signal,
      age: new Age(),
    }
  }

  private async everyone(
    view: View,
    { highest, now }: Pick<ReportContext, 'highest' | 'now'>,
  ): Promise<KnownSet> {
    return highest === null ? this.known.settle(view) : { keys: [spanKey(highest)], asOf: now }
  }
}
