import type { Redis } from 'ioredis'

/** What a server has sent since its start. */
export async function sentBytes(redis: Redis): Promise<number> {
  return Number(fieldOf(await redis.info('stats'), 'total_net_output_bytes'))
}

export async function versionOf(redis: Redis): Promise<string> {
  return fieldOf(await redis.info('server'), 'redis_version')
}

function fieldOf(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? ''
}
