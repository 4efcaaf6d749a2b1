/** Users of one page, 8 KiB. */
const PAGE_BITS = 65_536
/** 16 MiB: users of 134 million ids in a row, or of fewer that are scattered. */
const MOST_PAGES = 2048

/** A set of users in bounded memory: it may forget, and never has anybody who was not added. */
export class UserNotes {
  private readonly pages = new Map<number, Uint8Array>()

  has(user: number): boolean {
    const page = this.pages.get(Math.floor(user / PAGE_BITS))
    return page !== undefined && ((page[(user % PAGE_BITS) >>> 3] ?? 0) & (0x80 >> (user & 7))) !== 0
  }

  add(users: Iterable<number>): void {
    for (const user of users) {
      const page = this.pageOf(Math.floor(user / PAGE_BITS))
      const at = (user % PAGE_BITS) >>> 3
      page[at] = (page[at] ?? 0) | (0x80 >> (user & 7))
    }
  }

  clear(): void {
    this.pages.clear()
  }

  private pageOf(number: number): Uint8Array {
    const known = this.pages.get(number)
    if (known) return known
    if (this.pages.size === MOST_PAGES) this.clear()
    const page = new Uint8Array(PAGE_BITS / 8)
    this.pages.set(number, page)
    return page
  }
}
