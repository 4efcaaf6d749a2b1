import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import { InputError, reason } from './input'
import type { Rejection } from './tally'

/** The file of rejected rows. What is added is in it at once: a checkpoint can name its length. */
export class RejectedFile {
  private readonly file: number
  private length: number

  /** @param length what to keep of it; 0 begins it anew @throws InputError */
  constructor(
    private readonly path: string,
    length: number,
  ) {
    if (length > (statSync(path, { throwIfNoEntry: false })?.size ?? 0))
      throw new InputError(
        `${path} no longer holds the rows that were rejected before: put it back, or add --restart`,
      )
    this.file = this.guarded(() => openSync(path, length === 0 ? 'w' : 'r+'))
    this.length = length
    if (length === 0) this.write([['file', 'line', 'column', 'reason']])
    else this.guarded(() => ftruncateSync(this.file, length))
  }

  get byteLength(): number {
    return this.length
  }

  add(rejections: readonly Rejection[]): void {
    if (rejections.length === 0) return
    this.write(rejections.map(({ file, line, column, reason }) => [file, String(line), column ?? '', reason]))
  }

  close(): void {
    closeSync(this.file)
  }

  private write(records: string[][]): void {
    const bytes = Buffer.from(
      stringify(records, { record_delimiter: 'windows', escape_formulas: true, quoted_match: /[\r\n]/ }),
    )
    this.guarded(() => writeSync(this.file, bytes, 0, bytes.length, this.length))
    this.length += bytes.length
  }

  private guarded<Value>(act: () => Value): Value {
    try {
      return act()
    } catch (cause) {
      throw new InputError(`${this.path} cannot be written: ${reason(cause)}`, { cause })
    }
  }
}
