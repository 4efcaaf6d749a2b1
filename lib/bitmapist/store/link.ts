/** So long may a report wait for a connection to be opened. */
const OPEN_MS = 250
/** After it ended, or was not to be had, or not in time, none is waited for so long. */
const PAUSE_MS = 1000

/** What a link opens. */
export interface Openable {
  readonly isOpen: boolean
  end(): void
}

interface Way<Opened> {
  /** @param ended is to be told when it has ended */
  readonly open: (ended: () => void) => Promise<Opened>
  /** It ended, and with it what was known by it. */
  readonly ended?: () => void
  /** How long a failure lasts, in milliseconds; a second where it does not say. */
  readonly pauseMs?: (error: unknown) => number | undefined
}

/** A connection that is opened when it is needed, and again after it ended. */
export class Link<Opened extends Openable> {
  private opened: Opened | null = null
  private opening: Promise<Opened | null> | null = null
  private pauseEnds = 0
  private isClosed = false

  constructor(private readonly way: Way<Opened>) {}

  /** What is open; null where nothing is at the moment, or is not opened in time. */
  async open(): Promise<Opened | null> {
    if (this.opened?.isOpen) return this.opened
    if (this.isClosed || performance.now() < this.pauseEnds) return null
    this.opening ??= this.begin()
    const { opening } = this
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        // Or each round trip of a report would wait for it.
        if (this.opening === opening) this.pause(PAUSE_MS)
        resolve(null)
      }, OPEN_MS)
    })
    const opened = await Promise.race([opening, late])
    clearTimeout(timer)
    return opened
  }

  /** For good. */
  close(): void {
    this.isClosed = true
    this.opened?.end()
  }

  /** Another server, or another database, may be meant from now on. */
  renew(): void {
    this.opened?.end()
    this.opening = null
    this.pauseEnds = 0
  }

  private begin(): Promise<Opened | null> {
    const opening = this.attempt(() => this.opening === opening)
    return opening
  }

  /** @param isMeant whether nothing else is to be opened by now */
  private async attempt(isMeant: () => boolean): Promise<Opened | null> {
    const { open, ended, pauseMs } = this.way
    let isOurs = false
    try {
      const opened = await open(() => {
        if (isOurs) this.pause(PAUSE_MS)
        ended?.()
      })
      isOurs = isMeant() && !this.isClosed
      if (!isOurs) {
        opened.end()
        return null
      }
      this.opened = opened
      return opened
    } catch (error) {
      if (isMeant()) this.pause(pauseMs?.(error) ?? PAUSE_MS)
      return null
    } finally {
      if (isMeant()) this.opening = null
    }
  }

  private pause(ms: number): void {
    this.pauseEnds = performance.now() + ms
  }
}
