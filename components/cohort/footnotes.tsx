import { leavesOf, parseExpression, type RetentionTable, SPANS } from '../../lib/bitmapist/face'
import classes from './footnotes.module.css'
import { clockAt, secondsOld } from './zone'

/** Whether an attribute is anywhere in the report's expressions. */
function usesAttributes({ start, who, return: returning }: RetentionTable): boolean {
  return [start, returning, ...(who === null ? [] : [who])].some((text) =>
    leavesOf(parseExpression(text)).some(({ kind }) => kind === 'attribute'),
  )
}

const CALENDAR: Partial<Record<RetentionTable['period'], string>> = {
  week: 'Calendar weeks, ISO, Monday to Sunday: who signs up on Sunday is in week 1 on Monday.',
  month: 'Calendar months: who signs up on the 31st is in month 1 on the 1st.',
  day: 'Calendar days: who signs up at 23:59 is in day 1 a minute later.',
  year: 'Calendar years: who signs up on 31 December is in year 1 the day after.',
}

/** What a cell counts. */
function modeNote({ mode, base, brackets, period }: RetentionTable): string {
  switch (mode) {
    case 'on':
      return brackets
        ? `A cell counts users who match the return at least once in any of its column’s ${period}s.`
        : `A cell counts users who match the return in exactly that ${period}.`
    case 'on-or-after':
      return `Numbers are to date: a cell counts users who match the return in that ${period} or in any later one so far, so closed cells may still grow.`
    case 'on-or-before':
      return `A cell counts users who match the return at least once from ${period} 1 to that ${period}; ${period} 0 stands for itself.`
    case 'every':
      return `A cell counts users who match the return in every ${period} from ${period} 0 to that one${
        base === 'previous' ? `; its rate is of those who did so until the ${period} before` : ''
      }.`
    default:
      return mode satisfies never
  }
}

/** What is older than this beside the report itself is told. */
const OLD_MS = 60_000

/** `12:03:05 UTC`, where something is older than the report by more than a minute. */
function oldAsOf({ asOf, timeZone }: RetentionTable, instant: string | undefined): string | null {
  if (instant === undefined || Date.parse(asOf) - Date.parse(instant) <= OLD_MS) return null
  return `${clockAt(instant, timeZone)} ${timeZone}`
}

/** What may be missing from what was read of the keys as a whole. */
function ageNotes(table: RetentionTable): readonly (string | null)[] {
  const known = oldAsOf(table, table.knownAsOf)
  const events = oldAsOf(table, table.registryAsOf)
  return [
    known && `Everyone known as of ${known}: “not” may miss users whom other programs marked since then.`,
    events && `Events as of ${events}: history may miss what other programs marked since then.`,
  ]
}

/** Until when every mark is counted. */
function exactness(table: RetentionTable): string {
  const old = secondsOld(table)
  const clock = `${clockAt(table.asOf, table.timeZone)} ${table.timeZone}`
  if (old === null) return `Exact as of ${clock}: every mark until then is counted.`
  const seconds = old === 1 ? '1 second' : `${old} seconds`
  return `Up to ${seconds} old as of ${clock}: this Redis does not tell of changes, so periods that have ended may lack the newest marks.`
}

/** The definitions that the numbers above rest on. */
export function Footnotes({ table }: { readonly table: RetentionTable }) {
  const flags = {
    history: table.rows.some(({ flag }) => flag === 'history'),
    silent: table.rows.some((row) => row.cells.some(({ flag }) => flag === 'silent')),
  }
  const notes = [
    exactness(table),
    `Periods are by the clock of ${table.timeZone}.`,
    CALENDAR[table.period],
    modeNote(table),
    'The mean is over closed cells, every user counted alike.',
    table.cohort === 'first'
      ? 'For the first time: in all stored history, not only in these rows.'
      : `Every time: a user is in each cohort whose ${table.period} they match.`,
    `Beyond chance: a two-proportion z-test at 95 %, the last ${SPANS[table.period]} closed cohorts against the ${SPANS[table.period]} before.`,
    usesAttributes(table) &&
      'Attributes are as of now: attr(…) selects those who have it today, so it selects survivors.',
    flags.history &&
      `History: the first ${table.period} on record holds everybody from before it; it stays out of means and figures.`,
    flags.silent &&
      `Silent (hatched): nobody at all matched the return then, an outage and not churn; it stays out of means and figures.`,
    table.knownAsOf && '“Not” is against everyone known.',
    ...ageNotes(table),
  ].filter((note): note is string => typeof note === 'string' && note !== '')
  return (
    <footer>
      <ul className={classes.notes} aria-label="Definitions">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </footer>
  )
}
