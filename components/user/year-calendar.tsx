import Link from 'next/link'
import {
  fields,
  firstDay,
  floor,
  label,
  offset,
  type Period,
  type UserId,
  type UserReport,
  within,
} from '../../lib/bitmapist/face'
import { userUrl } from '../../lib/query/user'
import { formatPeriod } from '../cohort/dates'
import classes from './calendar.module.css'
import { yearWords } from './words'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

export interface YearCalendarProps {
  readonly report: UserReport<UserId>
  readonly event: string
  readonly year: Period
  /** The days of the year on which the user did the event. */
  readonly days: readonly Period[]
  readonly today: Period
}

/** The year's days, those marked on which the user did the event. */
export function YearCalendar({ report, event, year, days, today }: YearCalendarProps) {
  const marked = new Set(days.map(({ index }) => index))
  const dayUrl = (day: Period) => userUrl(report.user, { event, date: label(day) })
  return (
    <section className={classes.calendar} aria-labelledby="year" data-testid="calendar">
      <header className={classes.head}>
        <h2 id="year">{yearWords(event, days, year)}</h2>
        <nav className={classes.years} aria-label="Year">
          <YearLink {...{ report, event }} year={offset(year, -1)}>
            ‹ {formatPeriod(offset(year, -1))}
          </YearLink>
          {year.index < floor('year', today).index && (
            <YearLink {...{ report, event }} year={offset(year, 1)}>
              {formatPeriod(offset(year, 1))} ›
            </YearLink>
          )}
        </nav>
      </header>
      <div className={classes.months}>
        {within('month', year).map((month) => (
          <Month key={month.index} {...{ month, marked, today, dayUrl }} asked={report.date} />
        ))}
      </div>
    </section>
  )
}

interface YearLinkProps extends Pick<YearCalendarProps, 'report' | 'event' | 'year'> {
  readonly children: readonly string[]
}

function YearLink({ report, event, year, children }: YearLinkProps) {
  const href = userUrl(report.user, { event, date: report.date, year: label(year) })
  return (
    <Link href={href} prefetch={false} scroll={false} className={classes.year}>
      {children.join('')}
    </Link>
  )
}

interface MonthProps {
  readonly month: Period
  readonly marked: ReadonlySet<number>
  readonly today: Period
  /** The label of the date that the page speaks of. */
  readonly asked: string
  readonly dayUrl: (day: Period) => string
}

function Month({ month, ...rest }: MonthProps) {
  const days = within('day', month)
  const before = firstDay(month).index - floor('day', floor('week', firstDay(month))).index
  const cells: readonly (Period | null)[] = [...Array.from({ length: before }, () => null), ...days]
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, w) => cells.slice(7 * w, 7 * w + 7))
  return (
    <table className={classes.month}>
      <caption>{formatPeriod(month, { year: false })}</caption>
      <thead>
        <tr>
          {WEEKDAYS.map((name) => (
            <th key={name} scope="col" abbr={name}>
              {name.charAt(0)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week.find((day) => day !== null)?.index}>
            {WEEKDAYS.map((name, at) => (
              <DayCell key={name} day={week[at] ?? null} {...rest} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface DayCellProps extends Omit<MonthProps, 'month'> {
  /** null: of another month. */
  readonly day: Period | null
}

/** A marked day leads to its answers. */
function DayCell({ day, marked, today, asked, dayUrl }: DayCellProps) {
  if (day === null) return <td />
  const isMarked = marked.has(day.index)
  const number = fields(day).day
  return (
    <td
      data-day
      data-marked={isMarked || undefined}
      data-future={day.index > today.index || undefined}
      data-asked={label(day) === asked || undefined}
    >
      {isMarked ? (
        <Link
          href={dayUrl(day)}
          prefetch={false}
          scroll={false}
          aria-label={formatPeriod(day)}
          title={formatPeriod(day)}
        >
          {number}
        </Link>
      ) : (
        number
      )}
    </td>
  )
}
