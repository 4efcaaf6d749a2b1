import {
  firstDay,
  floor,
  label,
  type Period,
  parsePeriod,
  type UserEvent,
  type UserId,
  type UserReport,
} from '../../lib/bitmapist/face'
import type { Bit, HandOp } from '../../lib/query/user'
import { formatNear, formatPeriod, formatRelative } from '../cohort/dates'
import { formatCount, formatNumber } from '../cohort/format'

/** What a user's page says of one event and one period. */
export interface Answer {
  /** `Today`, or the period itself where the date is another. */
  readonly title: string
  /** What the title stands for. */
  readonly note: string
  /** null: not recorded. */
  readonly value: boolean | null
}

const pad = (hour: number) => String(hour).padStart(2, '0')

/** `05:00–06:00` of an hour's label. */
function clockOf(hourLabel: string): string {
  const hour = Number(hourLabel.slice(11))
  return `${pad(hour)}:00–${pad(hour + 1)}:00`
}

/** The five answers of an event: this hour, today, this week, this month, this year; or those of another date. */
export function answersOf(report: UserReport<UserId>, of: UserEvent, now: Now): readonly Answer[] {
  const date = parsePeriod(report.date)
  const [week, month, year] = [floor('week', date), floor('month', date), floor('year', date)]
  const hour = clockOf(report.hour)
  const { today } = now
  if (date.index !== today.index)
    return [
      { title: hour, note: formatNear(date, today), value: of.hour },
      { title: formatNear(date, today), note: 'the day', value: of.day },
      { title: formatNear(week, today), note: `week ${label(week).slice(6)}`, value: of.week },
      { title: formatPeriod(month), note: 'the month', value: of.month },
      { title: formatPeriod(year), note: 'the year', value: of.year },
    ]
  const running = report.hour === now.hour
  return [
    { title: running ? 'This hour' : hour, note: running ? hour : 'today', value: of.hour },
    { title: 'Today', note: formatNear(date, today), value: of.day },
    { title: 'This week', note: `since ${formatNear(firstDay(week), today)}`, value: of.week },
    { title: 'This month', note: formatPeriod(month), value: of.month },
    { title: 'This year', note: formatPeriod(year), value: of.year },
  ]
}

/** The running periods, by the project's clock. */
export interface Now {
  readonly today: Period
  /** Its label. */
  readonly hour: string
}

/** The heads of the events' table, as the answers have them. */
export function columnsOf(report: UserReport<UserId>, now: Now): readonly string[] {
  const nobody = { event: '', hour: null, day: false, week: false, month: false, year: false }
  return answersOf(report, nobody, now).map(({ title }) => title)
}

/** `Yes`, `No`, `not recorded` */
export function wordOf(value: boolean | null): string {
  return value === null ? 'not recorded' : value ? 'Yes' : 'No'
}

/** How a day, or a month where days are not kept, is said in a sentence: `12 Mar 2026`. */
export function seenOn(text: string): string {
  const of = parsePeriod(text)
  return of.unit === 'day' ? formatPeriod(of).slice(4) : formatPeriod(of)
}

/** `today`, `yesterday`, or `on Fri 20 Nov`; and in brackets the date of the first two. */
export function lastActive(text: string, today: Period, timeZone: string) {
  const of = parsePeriod(text)
  if (of.unit !== 'day') return { when: `in ${formatPeriod(of)}`, note: '' }
  const word = formatRelative(of, today)
  const near = formatNear(of, today)
  return word === 'today' || word === 'yesterday'
    ? { when: word, note: ` (${near}, ${timeZone})` }
    : { when: `on ${near}`, note: ` (${timeZone})` }
}

/** An id as it is read: what has no picture of its own, such as a line's end, is shown by its symbol. */
export function idText(id: UserId): string {
  return String(id).replace(/[\p{Cc}\u2028\u2029]/gu, (sign) => {
    const code = sign.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '\u2421' : '\ufffd'
  })
}

/** `No marks for 999 since 6 Jan 2024; the highest id is 60,214.` */
export function unknownWords({ user, dataFrom, highestId }: UserReport<UserId>): string {
  const since = dataFrom === null ? '' : ` since ${seenOn(dataFrom)}`
  const highest = highestId === null ? '' : `; the highest id is ${formatCount(highestId)}`
  return `No marks for ${idText(user)}${since}${highest}.`
}

/** `active on 42 days of 2026` */
export function yearWords(event: string, days: readonly Period[], year: Period): string {
  return `${event} on ${formatNumber(days.length, 'day')} of ${formatPeriod(year)}`
}

/** A change by hand, as it is spoken of. */
export interface Change {
  readonly op: HandOp
  /** The event or attribute. */
  readonly name: string
  /** The event's day; null for an attribute. */
  readonly date: Period | null
}

/** `Mark active on Fri 20 Nov 2026`; of what was done `Marked …`. */
export function changeWords({ op, name, date }: Change, past = false): string {
  const on = date === null ? '' : ` on ${formatPeriod(date)}`
  const verbs = {
    mark: ['Mark', 'Marked'],
    unmark: ['Unmark', 'Unmarked'],
    set: ['Set', 'Set'],
    clear: ['Clear', 'Cleared'],
  } as const
  return `${verbs[op][past ? 1 : 0]} ${name}${on}`
}

/** What a bit is of: `day Fri 20 Nov 2026`, `hour 05:00–06:00`, `the attribute`. */
export function bitWords(bit: Bit, date: Period | null): string {
  if (bit === 'attribute' || date === null) return 'the attribute'
  if (bit === 'day') return `day ${formatPeriod(date)}`
  if (bit === 'week') return `week ${formatPeriod(floor('week', date))}`
  if (bit === 'month') return `month ${formatPeriod(floor('month', date))}`
  const hour = Number(bit.slice(5))
  return `hour ${pad(hour)}:00–${pad(hour + 1)}:00`
}
