import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, readdirSync } from 'node:fs'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { endChild, endWithParent } from '../../system/children.mjs'
import { findProgram } from '../../system/programs.mjs'
import { type Bitmap, eachUser } from '../bitmap'
import type { Activity } from '../data'
import type { Contender } from '../measure'
import type { Triangle } from './bitop'
import type { Start } from './duckdb-sql'
import { Psql } from './psql'

/** What a report's server would be given on a machine of two cores. */
const SETTINGS = {
  listen_addresses: '',
  fsync: 'off',
  autovacuum: 'off',
  max_wal_size: '8GB',
  shared_buffers: '2GB',
  work_mem: '1GB',
  maintenance_work_mem: '1GB',
  max_parallel_workers_per_gather: '2',
  jit: 'off',
}
const READY_MS = 30_000

/** Where Debian keeps its programs, newest version first. */
const DEBIAN = '/usr/lib/postgresql'

interface Programs {
  readonly initdb: string
  readonly postgres: string
  readonly psql: string
}

/** The programs of PostgreSQL; null where it is not installed. */
export function findPostgres(): Programs | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : []
  const folders = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
  const find = (name: string) =>
    folders.map((folder) => join(folder, name)).find(existsSync) ?? findProgram(name)
  const [initdb, postgres, psql] = ['initdb', 'postgres', 'psql'].map(find)
  return initdb && postgres && psql ? { initdb, postgres, psql } : null
}

/** A PostgreSQL of the bench's own in a temporary folder, reached by its Unix socket. */
export class Postgres {
  private constructor(
    private readonly folder: string,
    private readonly psql: Psql,
    private readonly server: ReturnType<typeof spawn>,
  ) {}

  static async start({ initdb, postgres, psql }: Programs): Promise<Postgres> {
    const folder = await mkdtemp(join(tmpdir(), 'bitcohort-bench-postgres-'))
    const owner = ownerOf()
    if (owner) await chown(folder, owner.uid, owner.gid)
    const data = join(folder, 'data')
    const account = ['-U', 'bench', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']
    execFileSync(initdb, ['-D', data, ...account], { ...owner, stdio: 'ignore' })
    const settings = Object.entries({ ...SETTINGS, unix_socket_directories: folder })
    const args = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const server = spawn(postgres, ['-D', data, ...args], { ...owner, stdio: 'ignore', detached: true })
    if (server.pid !== undefined) server.once('exit', endWithParent(server.pid, 'TERM'))
    await waitForSocket(join(folder, '.s.PGSQL.5432'))
    return new Postgres(folder, new Psql(psql, folder), server)
  }

  async stop(): Promise<void> {
    this.psql.close()
    await endChild(this.server, READY_MS, 'SIGINT')
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Replaces the tables by an activity's, ordered and indexed by user and period. */
  async load(activity: Activity): Promise<void> {
    for (const table of ['signup', 'active'] as const) {
      const file = join(this.folder, table)
      await writeRows(file, activity[table])
      await this.psql.ask(`
        DROP TABLE IF EXISTS ${table};
        CREATE UNLOGGED TABLE loaded (user_id integer, period smallint);
        COPY loaded FROM '${file}';
        CREATE UNLOGGED TABLE ${table} AS SELECT * FROM loaded ORDER BY user_id, period;
        DROP TABLE loaded;
        CREATE UNIQUE INDEX ON ${table} (user_id, period);
        VACUUM (ANALYZE, FREEZE) ${table};`)
      await rm(file)
    }
  }

  /** The triangle of counts by a join. */
  async grid(start: Start, expected: Triangle): Promise<Contender> {
    const sql = `
      SELECT s.period, a.period - s.period, count(*) FROM ${start} s JOIN active a ON s.user_id = a.user_id
      WHERE a.period >= s.period GROUP BY s.period, a.period;`
    const counts = expected.map((row) => row.map(() => 0))
    for (const line of (await this.psql.ask(sql)).split('\n').filter(Boolean)) {
      const [row = 0, offset = 0, users = 0] = line.split(',').map(Number)
      const found = counts[row]
      if (found) found[offset] = users
    }
    assert.deepEqual(counts, expected)
    return { name: 'PostgreSQL, join', run: () => this.psql.ask(sql) }
  }
}

/** PostgreSQL refuses to be run by root. */
function ownerOf(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody'])
    try {
      const id = (which: string) => Number(execFileSync('id', [which, name], { stdio: 'pipe' }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // There is no such user: the next.
    }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody')
}

async function waitForSocket(path: string): Promise<void> {
  for (const end = Date.now() + READY_MS; !existsSync(path); await sleep(20))
    if (Date.now() > end) throw new Error(`PostgreSQL did not start within ${READY_MS / 1000} s`)
}

async function writeRows(file: string, bitmaps: readonly Bitmap[]): Promise<void> {
  const stream = createWriteStream(file)
  for (const [period, bitmap] of bitmaps.entries()) {
    const rows: string[] = []
    eachUser(bitmap, (user) => rows.push(`${user}\t${period}\n`))
    if (!stream.write(rows.join(''))) await once(stream, 'drain')
  }
  stream.end()
  await finished(stream)
  await chmod(file, 0o644)
}
