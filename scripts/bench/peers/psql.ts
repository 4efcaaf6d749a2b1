import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

const END = '-- end of the answer'

/** A running `psql`: a client in C, whose answers are taken as they come. One question at a time. */
export class Psql {
  private readonly child: ChildProcessWithoutNullStreams
  private output = ''
  private answered: (() => void) | null = null
  private failed: ((error: Error) => void) | null = null

  constructor(program: string, socketFolder: string) {
    const flags = ['-X', '-q', '-A', '-t', '-F', ',', '-v', 'ON_ERROR_STOP=1']
    this.child = spawn(program, [...flags, '-h', socketFolder, '-p', '5432', '-U', 'bench', '-d', 'postgres'])
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
      if (this.output.endsWith(`${END}\n`)) this.answered?.()
    })
    let complaint = ''
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text
    })
    this.child.once('close', () => this.failed?.(new Error(`psql ended: ${complaint.trim()}`)))
    this.child.stdin.on('error', () => {})
  }

  /** What a query prints: a line a row, commas between. */
  async ask(sql: string): Promise<string> {
    this.output = ''
    await new Promise<void>((resolve, reject) => {
      this.answered = resolve
      this.failed = reject
      this.child.stdin.write(`${sql}\n\\echo '${END}'\n`)
    })
    return this.output.slice(0, -END.length - 1)
  }

  close(): void {
    this.failed = null
    this.child.stdin.end('\\q\n')
  }
}
