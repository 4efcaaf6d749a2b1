import type { Period, UserId, UserReport } from '../../lib/bitmapist/face'
import { formatNumber } from '../cohort/format'
import { CopyId } from './copy-id'
import classes from './user.module.css'
import { idText, lastActive, seenOn, unknownWords } from './words'

export interface FirstLineProps {
  readonly report: UserReport<UserId>
  readonly today: Period
}

/** Who this is, in one sentence. */
export function FirstLine({ report, today }: FirstLineProps) {
  const { user, known, lastSeen } = report
  if (!known) return <h1 className={classes.first}>{unknownWords(report)}</h1>
  return (
    <h1 className={classes.first}>
      User <bdi className={classes.id}>{idText(user)}</bdi> <CopyId id={user} />{' '}
      {lastSeen === null ? (
        'has attributes, and no marks of any event.'
      ) : (
        <Seen {...{ report, today, lastSeen }} />
      )}{' '}
      {report.attributes.map((name) => (
        <span key={name}>
          <span className={classes.attribute}>{name}</span>{' '}
        </span>
      ))}
    </h1>
  )
}

function Seen({ report, today, lastSeen }: FirstLineProps & { readonly lastSeen: string }) {
  const { activeDays, firstSeen, timeZone } = report
  const { when, note } = lastActive(lastSeen, today, timeZone)
  return (
    <>
      was last active <strong>{when}</strong>
      {note}, on {activeDays} of the last {formatNumber(30, 'day')}
      {firstSeen !== null && <>; first seen {seenOn(firstSeen)}</>}.
    </>
  )
}
