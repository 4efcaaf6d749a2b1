import assert from 'node:assert/strict'
import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER, UTINYINT } from '@duckdb/node-api'
import { type Bitmap, eachUser } from '../bitmap'
import type { Activity } from '../data'
import type { Contender } from '../measure'
import type { Triangle } from './bitop'
import {
  type Formulation,
  gridFormulations,
  lastFormulations,
  membersSql,
  type Start,
  stickinessFormulations,
} from './duckdb-sql'

const THREADS = 2
const TRIES = 3
/** What takes so long is tried once. */
const SLOW_MS = 500
/** Rows of a chunk: DuckDB's vector size. */
const CHUNK = 2048
/** Above, only the formulation that was the fastest below is tried: each would take minutes. */
const TRY_ALL_USERS = 2_000_000

/** What one would write first. */
const PLAIN = 'join by user'

/** Row, column, users. */
type Cells = readonly (readonly number[])[]

/** A DuckDB in this process, with (user, period) tables of an activity. */
export class DuckDb {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly activity: Pick<Activity, 'users' | 'count'>,
    private readonly note: (text: string) => void,
  ) {}

  /** @param note is told how long each formulation took */
  static async open(activity: Activity, note: (text: string) => void): Promise<DuckDb> {
    const instance = await DuckDBInstance.create(':memory:', { threads: String(THREADS) })
    const connection = await instance.connect()
    for (const name of ['signup', 'active'] as const) {
      await connection.run(`CREATE TABLE ${name} (user_id INTEGER, period UTINYINT)`)
      await fill(connection, name, activity[name])
      await connection.run(`CREATE TABLE ${name}_by_user AS SELECT * FROM ${name} ORDER BY user_id, period`)
    }
    return new DuckDb(instance, connection, activity, note)
  }

  close(): void {
    this.connection.closeSync()
    this.instance.closeSync()
  }

  /** The fastest way to the triangle of counts, then the plain one where that is another; all have been tried. */
  async grid(start: Start, expected: Triangle): Promise<readonly Contender[]> {
    const { users } = this.activity
    const all = gridFormulations(start, users)
    const some = all.filter(({ name }) => users <= TRY_ALL_USERS || name.startsWith(PLAIN))
    const check = (cells: Cells) => assert.deepEqual(this.triangleOf(cells), expected)
    const tried = await this.tryAll(`${start} × active`, some, check)
    return [best(tried), ...tried.slice(1).filter(({ name }) => name === nameOf(PLAIN))]
  }

  /** The same for who is active in a column's period or any later one. */
  async onOrAfter(start: Start, expected: Triangle): Promise<Contender> {
    const check = (cells: Cells) => assert.deepEqual(this.triangleOf(cells).map(suffixSums), expected)
    return best(await this.tryAll(`${start} × active, on-or-after`, lastFormulations(start), check))
  }

  /** The users who were active in two periods. */
  async members(row: number, column: number, expected: readonly number[]): Promise<Contender> {
    const statement = await this.connection.prepare(membersSql(row, column))
    const run = async () => (await statement.runAndReadAll()).getColumns()[0] ?? []
    assert.deepEqual((await run()).map(Number), expected)
    return { name: 'DuckDB, join', run }
  }

  /** Active users of each period. */
  async counts(expected: readonly number[]): Promise<Contender> {
    const statement = await this.connection.prepare('SELECT period, count(*) FROM active GROUP BY period')
    const run = async () => (await statement.runAndReadAll()).getRows()
    const counts = new Map((await run()).map(([period, users]) => [Number(period), Number(users)]))
    assert.deepEqual(
      [...expected.keys()].map((period) => counts.get(period) ?? 0),
      expected,
    )
    return { name: 'DuckDB, GROUP BY', run }
  }

  /** Users by periods in which they were active, from 1 on: the fastest way. */
  async stickiness(expected: readonly number[]): Promise<Contender> {
    const check = (cells: Cells) => {
      const counts = expected.map(() => 0)
      for (const [days = 0, users = 0] of cells) counts[days - 1] = users
      assert.deepEqual(counts, expected)
    }
    return best(await this.tryAll('stickiness', stickinessFormulations(), check))
  }

  /** The fastest first. */
  private async tryAll(
    what: string,
    formulations: readonly Formulation[],
    check: (cells: Cells) => void,
  ): Promise<readonly Contender[]> {
    const tried: { contender: Contender; ms: number }[] = []
    for (const { name, sql } of formulations) {
      const statement = await this.connection.prepare(sql)
      const run = async () => (await statement.runAndReadAll()).getRows()
      check((await run()).map((row) => row.map(Number)))
      let ms = Number.POSITIVE_INFINITY
      for (let i = 0; i < TRIES && (i === 0 || ms < SLOW_MS); i++) {
        const begin = performance.now()
        await run()
        ms = Math.min(ms, performance.now() - begin)
      }
      tried.push({ ms, contender: { name: nameOf(name), run } })
    }
    tried.sort((a, b) => a.ms - b.ms)
    const times = tried.map(({ contender, ms }) => `${contender.name}: ${ms.toFixed(0)} ms`)
    this.note(`${what}: ${times.join('; ')}`)
    return tried.map(({ contender }) => contender)
  }

  /** Cells before a row's own period are no part of the triangle. */
  private triangleOf(cells: Cells): number[][] {
    const { count } = this.activity
    const counts = Array.from({ length: count }, (_, r) => new Array<number>(count - r).fill(0))
    for (const [row = 0, column = 0, users = 0] of cells) {
      const found = counts[row]
      if (found && column >= row) found[column - row] = users
    }
    return counts
  }
}

function nameOf(formulation: string): string {
  return `DuckDB, ${formulation}`
}

function best([first]: readonly Contender[]): Contender {
  if (first === undefined) throw new Error('no formulation was given')
  return first
}

function suffixSums(counts: readonly number[]): number[] {
  let sum = 0
  return counts
    .toReversed()
    .map((users) => (sum += users))
    .toReversed()
}

async function fill(connection: DuckDBConnection, table: string, bitmaps: readonly Bitmap[]): Promise<void> {
  const appender = await connection.createAppender(table)
  bitmaps.forEach((bitmap, period) => {
    let users: number[] = []
    const flush = () => {
      const chunk = DuckDBDataChunk.create([INTEGER, UTINYINT], users.length)
      chunk.setColumnValues(0, users)
      chunk.setColumnValues(1, new Array<number>(users.length).fill(period))
      appender.appendDataChunk(chunk)
      users = []
    }
    eachUser(bitmap, (user) => {
      if (users.push(user) === CHUNK) flush()
    })
    if (users.length > 0) flush()
  })
  appender.closeSync()
}
