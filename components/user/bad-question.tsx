import type { UserId } from '../../lib/bitmapist/face'
import { userUrl } from '../../lib/query/user'
import type { Problem } from '../cohort/answer'
import { Panel, PanelLink } from '../cohort/states'
import { Shell } from '../layout/shell'
import classes from './user.module.css'
import { UserName } from './user-name'
import { idText } from './words'

export interface BadUserQuestionProps {
  readonly user: UserId
  readonly problem: Problem
}

/** An address whose question about a user cannot be read: why, and the way to the plain page. */
export function BadUserQuestion({ user, problem }: BadUserQuestionProps) {
  const [what, ...remedy] = problem.message.split('; ')
  const title = problem.field ? `This link’s “${problem.field}” cannot be read` : 'This link cannot be read'
  return (
    <Shell>
      <h1 className={classes.first}>
        User <UserName id={user} />
      </h1>
      <Panel title={title} alert>
        <p>{what}.</p>
        {remedy.length > 0 && <p>To mend it: {remedy.join('; ')}.</p>}
        <p>
          <PanelLink href={userUrl(user)}>Open user {idText(user)}, today</PanelLink>
        </p>
      </Panel>
    </Shell>
  )
}
