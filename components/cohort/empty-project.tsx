'use client'

import { Button, CopyButton } from '@mantine/core'
import { Panel } from './states'
import classes from './states.module.css'

const WAYS = [
  {
    title: 'Import a file',
    text: 'CSV or NDJSON with a user, a time and an event in each line.',
    code: 'npm run import -- events.csv --user user_id --time timestamp --event-column event',
  },
  {
    title: 'Send marks as they happen',
    text: 'One call for one or many: user, event, time.',
    code: `curl -X POST http://127.0.0.1:3000/api/v1/marks \\
  -H 'Content-Type: application/json' \\
  -d '{"marks":[{"event":"signup","user":123},{"event":"active","user":123}]}'`,
  },
  {
    title: 'Open a Redis that bitmapist has filled',
    text: 'Its keys are read as they are. Another prefix than trackist_ goes into KEY_PREFIX.',
    code: 'REDIS_URL=redis://127.0.0.1:6379 KEY_PREFIX=trackist_ npm start',
  },
] as const

/** A project without any event: three ways to begin, each to be copied. */
export function EmptyProject() {
  return (
    <Panel title="No events yet">
      <p>Retention is read from what users did. There are three ways to get the first marks in:</p>
      <ol className={classes.ways}>
        {WAYS.map(({ title, text, code }) => (
          <li key={title} className={classes.way}>
            <h3>{title}</h3>
            <p>{text}</p>
            <div className={classes.code}>
              <pre>{code}</pre>
              <CopyButton value={code}>
                {({ copied, copy }) => (
                  <Button size="compact-xs" variant="default" onClick={copy} aria-label={`Copy: ${title}`}>
                    {copied ? 'Copied' : 'Copy'}
                  </Button>
                )}
              </CopyButton>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
