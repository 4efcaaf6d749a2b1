import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { AttributeEntry, LogEntry } from './simulate'

const HEADER = 'user_id,timestamp,event,attribute\n'

/**
 * The sample's log as CSV, `user_id,timestamp,event,attribute`: one row a mark, its attribute empty. At the end one row
 * for every attribute of every user: it repeats the user's sign-up, which marks nothing new, so that every row is whole
 * and `npm run import -- FILE --event-column event --attribute-column attribute` takes them all.
 */
export class CsvFile {
  private readonly stream: WriteStream
  private readonly signUps = new Map<number, string>()

  /** @param path replaced where it exists */
  constructor(path: string) {
    this.stream = createWriteStream(path)
    // The failure is thrown by the next write; without a listener it would end the process first.
    this.stream.on('error', () => {})
    this.stream.write(HEADER)
  }

  async day(entries: readonly LogEntry[]): Promise<void> {
    const rows = entries.map(({ user, time, event }) => {
      const timestamp = time.toISOString()
      if (event === 'signup') this.signUps.set(user, timestamp)
      return `${user},${timestamp},${event},\n`
    })
    await this.write(rows.join(''))
  }

  /** Writes the attributes and closes the file. */
  async end(attributes: readonly AttributeEntry[]): Promise<void> {
    const rows = attributes.flatMap(({ user, attribute }) => {
      const timestamp = this.signUps.get(user)
      return timestamp === undefined ? [] : [`${user},${timestamp},signup,${attribute}\n`]
    })
    await this.write(rows.join(''))
    this.stream.end()
    await finished(this.stream)
  }

  private async write(text: string): Promise<void> {
    if (this.stream.errored) throw this.stream.errored
    await new Promise<void>((resolve, reject) => {
      this.stream.write(text, (error) => (error ? reject(error) : resolve()))
    })
  }
}
