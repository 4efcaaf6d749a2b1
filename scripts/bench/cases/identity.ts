import { benchIdentity } from '../identity'
import type { Section } from '../lab'

/** What an id and its number may take together, over the id's own length. */
const ALLOWED_BYTES = 60

/** Mapped ids: the memory of UUIDs and their numbers. Their speed: see `marks`. */
export const identity: Section = {
  name: 'identity',
  async run(lab) {
    const users = lab.quick ? 100_000 : 1_000_000
    const { forwardBytes, totalBytes, newPerSecond, knownPerSecond } = await benchIdentity(
      lab.connect(),
      users,
    )
    lab.begin(`Mapped ids: ${users.toLocaleString('en')} UUIDs, bytes a user over the id itself`)
    lab.limit({ name: 'both directions', unit: 'bytes', ours: totalBytes, allowed: ALLOWED_BYTES })
    const rate = (ids: number) => `${Math.round(ids).toLocaleString('en')} a second`
    const rates = `new ids ${rate(newPerSecond)}, known ids ${rate(knownPerSecond)}`
    lab.note(`mapped ids: forward alone ${forwardBytes.toFixed(1)} bytes; ${rates}`)
  },
}
