import { Command } from 'ioredis'

/** A command on one key, made anew each time it is sent. */
export interface Call {
  readonly key: string
  make(): Command
}

/** A command whose texts come back as strings. */
export function call(name: string, key: string, ...args: readonly (string | number | Buffer)[]): Call {
  return { key, make: () => new Command(name, [key, ...args], { replyEncoding: 'utf8' }) }
}

/** A command whose texts come back as bytes. */
export function binaryCall(name: string, key: string, ...args: readonly (string | number | Buffer)[]): Call {
  return { key, make: () => new Command(name, [key, ...args]) }
}
