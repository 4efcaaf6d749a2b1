/** A page has 2¹⁶ users in 8 KiB: an id's low bits tell which one of them it is. */
const PAGE = 16
const REST = 2 ** PAGE - 1
/** 16 MiB: users of 134 million ids in a row, or of fewer that are scattered. */
const MOST_PAGES = 2048

/** A set of users in bounded memory: it may forget, and never has anybody who was not added. */
export class UserNotes {
  private readonly pages = new Map<number, Uint8Array>()

  has(user: number): boolean {
    const page = this.pages.get(user >>> PAGE)
    return page !== undefined && ((page[(user & REST) >>> 3] ?? 0) & (0x80 >> (user & 7))) !== 0
  }

  add(users: Iterable<number>): void {
    for (const user of users) {
      const page = this.pageOf(user >>> PAGE)
      const at = (user & REST) >>> 3
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
    const page = new Uint8Array(2 ** PAGE / 8)
    this.pages.set(number, page)
    return page
  }
}
