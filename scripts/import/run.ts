import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { Bitmapist, type Client, type Zone, zoneOf } from '../../lib/bitmapist'
import type { Config } from '../../lib/server/config'
import { connectForLoad } from '../system/connect'
import type { ImportRequest } from './arguments'
import { BEGINNING } from './blocks'
import { type Checkpoint, Checkpoints } from './checkpoint'
import { DryRun } from './dry-run'
import { load, type Place, type Sink } from './load'
import type { MarkRules } from './marks'
import { type Prepared, prepare } from './prepare'
import { Progress, summary } from './progress'
import { RejectedFile } from './rejected'
import { emptyTally, type Tally } from './tally'
import { Times } from './times'
import { Writer } from './writer'

/** What an import is done with. */
export interface Setting {
  readonly config: Config
  readonly now: Date
  /** Lines for standard error. */
  readonly tell: (line: string) => void
  /** Text for standard output. */
  readonly print: (text: string) => void
  /** Given a function that says how far it is, for a stop from outside. */
  readonly onStarted: (tellNow: () => void) => void
}

/**
 * Imports the files of a request, or shows what it would do.
 * @returns rows that were rejected
 */
export async function run(request: ImportRequest, { config, ...rest }: Setting): Promise<number> {
  const setting = { ...rest, config: { ...config, idMode: request.idMode ?? config.idMode } }
  const prepared = await prepare(request, setting.tell)
  const zone = zoneOf(setting.config.timeZone)
  if (!request.dryRun) return importAll(request, prepared, { ...setting, zone })
  const { keyPrefix: prefix, trackHourly, trackUnique, idMode } = setting.config
  const sink = new DryRun({ prefix, zone, trackHourly, trackUnique, idMode })
  const pass = new Pass(prepared, {
    ...setting,
    zone,
    from: null,
    rejected: request.rejected,
    isResumable: true,
  })
  await pass.through(sink, () => pass.tally.good)
  setting.print('Nothing was marked: this was a dry run.')
  return pass.tally.rejected
}

async function importAll(
  request: ImportRequest,
  prepared: readonly Prepared[],
  setting: Setting & { readonly zone: Zone },
): Promise<number> {
  const { config } = setting
  const redis = await connectForLoad(config.redis)
  try {
    const { keyPrefix: prefix, maxUserId, trackHourly, trackUnique, timeZone, idMode } = config
    const options = { redis, prefix, maxUserId, trackHourly, trackUnique, timeZone, idMode }
    const bitmapist = new Bitmapist(options)
    await bitmapist.check()
    const checkpoints = checkpointsOf(redis, prepared, { request, config })
    const from = request.restart ? await checkpoints.restart() : await checkpoints.read()
    if (from !== null) setting.tell(goesOn(from, prepared))
    const isResumable = canResume(prepared)
    const pass = new Pass(prepared, { ...setting, from, rejected: request.rejected, isResumable })
    const writer = new Writer({
      bitmapist,
      tally: pass.tally,
      rejectedBytes: () => pass.rejectedBytes,
      onWritten: (checkpoint) => checkpoints.write(checkpoint),
    })
    const earlier = pass.tally.good
    await pass.through(writer, () => earlier + writer.written)
    await checkpoints.finish()
    return pass.tally.rejected
  } finally {
    redis.disconnect()
  }
}

function goesOn({ file, position, tally }: Checkpoint, prepared: readonly Prepared[]): string {
  const name = prepared[file]?.input.name
  const rows = tally.rows.toLocaleString('en-US')
  return `Going on after line ${position.line} of ${name}: ${rows} rows were read before; --restart begins again`
}

/** Standard input and pipes cannot be read from their middle: of each there is only one import. */
function canResume(prepared: readonly Prepared[]): boolean {
  return prepared.every(({ input }) => input.identity !== null)
}

function checkpointsOf(
  redis: Client,
  prepared: readonly Prepared[],
  { request, config }: { request: ImportRequest; config: Config },
): Checkpoints {
  const { asked, format, rejected } = request
  const { maxUserId, trackHourly, trackUnique, timeZone, idMode } = config
  return new Checkpoints(redis, config.keyPrefix, {
    files: canResume(prepared) ? prepared.map(({ input }) => input.identity) : randomUUID(),
    ...{ asked, format, rejected: rejected && resolve(rejected) },
    ...{ maxUserId, trackHourly, trackUnique, timeZone, idMode },
  })
}

interface PassOptions extends Setting {
  readonly zone: Zone
  readonly from: Checkpoint | null
  readonly rejected: string | null
  /** Whether another run can go on where this one is cut off. */
  readonly isResumable: boolean
}

const NOT_RESUMABLE =
  'Standard input and pipes cannot be read twice: where this is cut off, it does not resume but begins again.'

/** One way through all inputs. */
class Pass {
  readonly tally: Tally
  private readonly progress: Progress
  private readonly rejected: RejectedFile | null
  private here: Place
  private isWarned = false

  constructor(
    private readonly prepared: readonly Prepared[],
    private readonly options: PassOptions,
  ) {
    const { from, rejected } = options
    this.tally = from?.tally ?? emptyTally()
    this.here = { file: from?.file ?? 0, position: from?.position ?? BEGINNING }
    this.progress = new Progress(this.tally, this.tally.rows, lengthOf(prepared))
    this.rejected = rejected === null ? null : new RejectedFile(rejected, from?.rejectedBytes ?? 0)
  }

  get rejectedBytes(): number {
    return this.rejected?.byteLength ?? 0
  }

  /** Reads what is left into a sink, then says what was done. @param marked rows that are marked by then */
  async through(sink: Sink, marked: () => number): Promise<void> {
    const { now, zone, config, print, onStarted } = this.options
    const { progress, tally } = this
    const earlier = tally.rows
    const times = new Times(zone, now)
    const tell = () => {
      progress.end()
      const { lastYear } = times
      print(
        sink.report() +
          summary(tally, { progress, earlier, lastYear, marked: marked(), isDry: sink instanceof DryRun }),
      )
    }
    onStarted(tell)
    const rules = { times, ...config }
    try {
      await this.readAll(sink, rules).finally(() => sink.finish(this.here))
    } catch (error) {
      if (tally.rows > earlier) tell()
      throw error
    } finally {
      this.rejected?.close()
    }
    tell()
  }

  /** Said once there is something that could be cut off. */
  private warnOnce(): void {
    if (this.isWarned) return
    this.isWarned = true
    if (!this.options.isResumable) this.options.tell(NOT_RESUMABLE)
  }

  private async readAll(sink: Sink, rules: MarkRules): Promise<void> {
    const { file: first, position } = this.here
    for (const [file, { input, head, columnsOf }] of this.prepared.entries()) {
      if (file < first) {
        this.progress.onBytes(input.byteLength ?? 0, true)
        continue
      }
      const from = file === first ? position : BEGINNING
      await load(input, {
        ...{ file, from, sink, rules, columnsOf, tally: this.tally },
        head: from.offset === 0 ? null : head,
        onBytes: this.progress.onBytes,
        onRejected: (rejections) => this.rejected?.add(rejections),
        report: (here) => {
          this.here = here
          this.warnOnce()
          this.progress.report()
        },
      })
    }
  }
}

function lengthOf(prepared: readonly Prepared[]): number | null {
  let sum = 0
  for (const { input } of prepared) {
    if (input.byteLength === null) return null
    sum += input.byteLength
  }
  return sum
}
