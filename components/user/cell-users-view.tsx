import Link from 'next/link'
import type { IdMode, Period, UserId } from '../../lib/bitmapist/face'
import { cellUrl, printCell } from '../../lib/query/cell-url'
import type { RetentionUsersQuery } from '../../lib/query/lists'
import { printRetentionQuery } from '../../lib/query/retention'
import { userUrl } from '../../lib/query/user'
import { formatPeriod, unitWord } from '../cohort/dates'
import { shorten } from '../cohort/describe'
import { formatCount } from '../cohort/format'
import { zoneNamed } from '../cohort/zone'
import { CopyIcon, DoneIcon, ExportIcon } from '../layout/icons'
import { Shell } from '../layout/shell'
import classes from './cell-users.module.css'
import { headlineOf, placeOf } from './cell-words'
import { CopyIds } from './copy-ids'
import { Dots } from './dots'
import { idText } from './words'

/** A page of the users behind a place of a report. */
export interface Found {
  readonly returned: number
  readonly missing: number | null
  readonly users: readonly UserId[]
  /** The bit of the page's last user where more follow. */
  readonly next: number | null
  readonly periods: readonly Period[]
  readonly dots: readonly (readonly boolean[])[]
}

export interface CellUsersViewProps {
  readonly asked: RetentionUsersQuery
  readonly found: Found
  /** The bit of the last user of the page before; null on the first. */
  readonly after: number | null
  readonly idMode: IdMode
  readonly timeZone: string
}

/** Who came back and who did not, by their ids. */
export function CellUsersView(props: CellUsersViewProps) {
  const { asked, found, timeZone } = props
  const { query, cell } = asked
  const zone = zoneNamed(timeZone)
  const count = cell.which === 'missing' ? (found.missing ?? 0) : found.returned
  return (
    <Shell>
      <p className={classes.back}>
        <Link href={`/retention?${printRetentionQuery(query, zone)}`} prefetch={false}>
          ‹ Retention report
        </Link>
      </p>
      <div className={classes.header}>
        <div>
          <h1 className={classes.title}>{headlineOf(asked, count)}</h1>
          {placeOf(asked, timeZone).map((line) => (
            <p key={line} className={classes.place}>
              {line}
            </p>
          ))}
        </div>
        <a
          className={classes.csv}
          href={`/api/v1/retention/users?${printCell(query, cell, zone)}&format=csv`}
          download
        >
          <ExportIcon /> All as CSV
        </a>
      </div>
      {found.missing !== null && <Which asked={asked} found={found} timeZone={timeZone} />}
      <List asked={asked} found={found} />
      <Pages {...props} count={count} />
    </Shell>
  )
}

function Which({
  asked: { query, cell },
  found,
  timeZone,
}: Pick<CellUsersViewProps, 'asked' | 'found' | 'timeZone'>) {
  const zone = zoneNamed(timeZone)
  const tabs = [
    { which: 'returned', text: 'Came back', count: found.returned },
    { which: 'missing', text: 'Did not', count: found.missing ?? 0 },
  ] as const
  return (
    <nav className={classes.tabs} aria-label="Which users">
      {tabs.map(({ which, text, count }) => (
        <Link
          key={which}
          href={cellUrl(query, { ...cell, which }, { zone })}
          prefetch={false}
          aria-current={which === cell.which ? 'page' : undefined}
        >
          {text} <span className={classes.count}>{formatCount(count)}</span>
        </Link>
      ))}
    </nav>
  )
}

function List({
  asked: { query },
  found: { users, dots, periods },
}: Pick<CellUsersViewProps, 'asked' | 'found'>) {
  const [first, last] = [periods[0], periods.at(-1)]
  if (users.length === 0 || !first || !last) return <p className={classes.nobody}>Nobody.</p>
  const words = unitWord(query.first.unit, 2)
  return (
    <CopyIds>
      <p className={classes.legend}>
        Dots: {shorten(query.return)} in each of the last {periods.length} {words},{' '}
        {formatPeriod(first, { year: false })} to {formatPeriod(last)}; the last one is still running.
      </p>
      <ul className={classes.list} data-testid="users" data-wide={users.some(isWide) || undefined}>
        {users.map((user, at) => (
          <li key={user}>
            <a href={userUrl(user)} title={idText(user)}>
              <bdi>{idText(user)}</bdi>
            </a>
            <button
              type="button"
              data-copy={encodeURIComponent(user)}
              aria-label={`Copy ${idText(user)}`}
              title="Copy the id"
            >
              <span>
                <CopyIcon />
              </span>
              <span>
                <DoneIcon />
              </span>
            </button>
            <Dots dots={dots[at] ?? []} words={words} />
          </li>
        ))}
      </ul>
    </CopyIds>
  )
}

/** What takes more than half of a column of integer ids, such as a UUID. */
function isWide(user: UserId): boolean {
  return String(user).length > 18
}

interface PagesProps extends CellUsersViewProps {
  readonly count: number
}

function Pages({ asked: { query, cell }, found, after, idMode, timeZone, count }: PagesProps) {
  const zone = zoneNamed(timeZone)
  if (after === null && found.next === null) return null
  return (
    <nav className={classes.pages} aria-label="Pages">
      {after !== null && (
        <Link href={cellUrl(query, cell, { zone })} prefetch={false}>
          First page
        </Link>
      )}
      <span>
        {formatCount(found.users.length)} of {formatCount(count)} on this page
        {after === null || idMode === 'mapped' ? '' : `, after ${after}`}
      </span>
      {found.next !== null && (
        <Link href={cellUrl(query, cell, { zone, after: found.next })} prefetch={false} rel="next">
          Next page
        </Link>
      )}
    </nav>
  )
}
