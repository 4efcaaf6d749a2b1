import type { Share } from '../../lib/bitmapist/face'

/** Between a number and its sign or unit: they never part at a line's end. */
export const NBSP = '\u00a0'

// One fixed locale: the server's and the browser's text must be the same to the character.
const GROUPED = new Intl.NumberFormat('en-US')

/** `1,207` */
export function formatCount(count: number): string {
  return GROUPED.format(count)
}

/** `1 user`, `1,207 users`; other nouns by their singular. */
export function formatNumber(count: number, noun: string): string {
  return `${formatCount(count)}${NBSP}${noun}${count === 1 ? '' : 's'}`
}

/** Tenths of a percent, half up, in integers: a product of doubles would round 12.35 % either way. */
function tenths({ count, size }: Share): number {
  return Math.floor((2000 * count + size) / (2 * size))
}

/** `25.0 %`; `<0.1 %` and `>99.9 %` where one decimal would claim none or all; a dash where there is no size. */
export function formatShare(share: Share): string {
  if (share.size === 0) return '–'
  const { count, size } = share
  if (count > 0 && count * 1000 < size) return `<0.1${NBSP}%`
  if (count < size && (size - count) * 1000 < size) return `>99.9${NBSP}%`
  return `${decimal(tenths(share))}${NBSP}%`
}

function decimal(tenth: number): string {
  return `${Math.floor(tenth / 10)}.${tenth % 10}`
}

/** A rate that is known only as a double, such as a mean of rates: `25.1 %`. */
export function formatRate(rate: number): string {
  return rate > 0 && rate < 0.001 ? `<0.1${NBSP}%` : `${(rate * 100).toFixed(1)}${NBSP}%`
}

/** The size of a difference of two rates, without its sign: `2.1 points`, `1.0 point`. */
export function formatPoints(difference: number): string {
  const points = (Math.abs(difference) * 100).toFixed(1)
  return `${points}${NBSP}${points === '1.0' ? 'point' : 'points'}`
}

/** `23.8–26.3`, the bounds of an interval of rates in percent. */
export function formatInterval([low, high]: readonly [number, number]): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`
}
