import type { Cluster, Redis } from 'ioredis'

const watched = new WeakMap<Redis | Cluster, Set<() => void>>()

/**
 * Tells when another server, or another database, may answer a client from now on. Many may ask of one client, which is
 * listened to once.
 * @returns to be called to be told no more
 */
export function onRenewal(client: Redis | Cluster, tell: () => void): () => void {
  const known = watched.get(client)
  const told = known ?? new Set()
  told.add(tell)
  if (known === undefined) {
    watched.set(client, told)
    const renew = () => {
      for (const each of [...told]) each()
    }
    client.on('close', renew)
    client.on('select', renew)
  }
  return () => {
    told.delete(tell)
  }
}
