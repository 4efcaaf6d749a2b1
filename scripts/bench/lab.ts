import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { onStop } from '../system/cleanup.mjs'
import { findRedisServer } from '../system/programs.mjs'
import { startRedisServer } from '../system/redis.mjs'
import { type Line, lineOf, type Measure } from './line'
import { type Contender, type Patience, race } from './measure'
import { findPostgres, Postgres } from './peers/postgres'
import { printGroup, printLine, printNote } from './print'
import { sentBytes } from './server'

/** Ours against a peer. */
export interface Pairing {
  readonly name: string
  readonly ours: Contender
  readonly peer: Contender
  /** `speedup` unless given. */
  readonly measure?: Measure
  readonly must?: number | null
}

type Facts = Omit<Line, 'section' | 'group' | 'ratio' | 'met'>

interface Limit extends Pick<Line, 'name' | 'unit' | 'ours'> {
  readonly allowed: number
}

/** Cases of a kind. */
export interface Section {
  readonly name: string
  readonly run: (lab: Lab) => Promise<void>
}

const PATIENCE: Patience = { warmUpMs: 400, turnMs: 50, turns: 9, budgetMs: 1000, mostMs: 4500 }
const QUICK: Patience = { warmUpMs: 200, turnMs: 50, turns: 5, budgetMs: 250, mostMs: 750 }

/** Where everything is measured: one private Redis, and the lines so far. */
export class Lab {
  readonly lines: Line[] = []
  readonly notes: string[] = []
  private section = ''
  private group = ''
  private started: Promise<Postgres | null> | null = null

  private constructor(
    /** Of the peers, and of what looks at the server. */
    readonly other: Redis,
    readonly socket: string,
    readonly quick: boolean,
  ) {}

  static async open({ quick }: { readonly quick: boolean }): Promise<Lab> {
    const program = findRedisServer()
    if (program === null) throw new Error('redis-server is not installed')
    const folder = await mkdtemp(join(tmpdir(), 'bitcohort-bench-'))
    onStop(() => rm(folder, { recursive: true, force: true }))
    const socket = join(folder, 'redis.sock')
    const settings = ['--save', '', '--appendonly', 'no', '--unixsocket', socket]
    const server = await startRedisServer({ program, folder, settings })
    onStop(() => server.stop())
    const lab = new Lab(new Redis({ path: socket }), socket, quick)
    onStop(() => lab.other.disconnect())
    return lab
  }

  /** A connection of one's own. */
  connect(): Redis {
    const redis = new Redis({ path: this.socket })
    onStop(() => redis.disconnect())
    return redis
  }

  /** Runs all of a group by turns and tells each pairing's line. */
  async compare(group: string, pairings: readonly Pairing[]): Promise<void> {
    const contenders = new Set(pairings.flatMap(({ ours, peer }) => [ours, peer]))
    const timings = await race([...contenders], this.quick ? QUICK : PATIENCE, () => sentBytes(this.other))
    this.begin(group)
    for (const { name, ours, peer, measure = 'speedup', must = null } of pairings) {
      const [our, their] = [timings.get(ours), timings.get(peer)]
      if (our === undefined || their === undefined) throw new Error(`${name} was not timed`)
      this.tell({
        name,
        peer: peer.name,
        unit: 'ms',
        ours: our.ms,
        theirs: their.ms,
        firstMs: [our.firstMs, their.firstMs],
        best: [our.bestMs, their.bestMs],
        measure,
        must,
        readMiB: our.readBytes === null ? null : our.readBytes / 2 ** 20,
        heldMs: our.heldMs,
      })
    }
  }

  /** Runs a case, and empties Redis for the next. */
  async run({ name, run }: Section): Promise<void> {
    this.section = name
    await run(this)
    await this.clear()
  }

  /** The lines that follow belong together. */
  begin(group: string): void {
    this.group = group
    printGroup(group)
  }

  tell(facts: Facts): void {
    const line = lineOf({ section: this.section, group: this.group, ...facts })
    this.lines.push(line)
    printLine(line)
  }

  /** A quantity that may be so large and no larger. */
  limit({ allowed, ...facts }: Limit): void {
    const rest = { firstMs: null, best: null, measure: 'cost', must: 1, readMiB: null, heldMs: null } as const
    this.tell({ ...facts, ...rest, peer: 'what is allowed', theirs: allowed })
  }

  /** Something that is left out, and why. */
  note(text: string): void {
    if (this.notes.includes(text)) return
    this.notes.push(text)
    printNote(text)
  }

  /** Null where it is not installed. */
  postgres(): Promise<Postgres | null> {
    this.started ??= (async () => {
      const programs = findPostgres()
      if (programs === null) {
        this.note('PostgreSQL is not installed: left out')
        return null
      }
      const postgres = await Postgres.start(programs)
      onStop(() => postgres.stop())
      return postgres
    })()
    return this.started
  }

  /** Empties Redis, for the next data. */
  async clear(): Promise<void> {
    await this.other.flushall('SYNC')
  }
}
