import { UsageError } from './arguments'
import type { Head } from './rows'

/** Which columns of a row hold what; `event` is the name itself where every row has the same. */
export interface Columns {
  readonly user: string
  readonly event: { readonly time: string; readonly name: string | { readonly column: string } } | null
  readonly attribute: { readonly column: string; readonly prefix: string } | null
}

/** What the call says of the columns; null where a file's header decides. */
export interface Asked {
  readonly user: string | null
  readonly time: string | null
  /** The event that every row marks. */
  readonly event: string | null
  readonly eventColumn: string | null
  readonly attribute: Columns['attribute']
}

interface Kind {
  readonly flag: string
  readonly holds: string
  /** Usual names, letters and digits alone; the first group that has one decides. */
  readonly usual: readonly (readonly string[])[]
  /** What else a call may say. */
  readonly remedy: string
}

const USER: Kind = {
  flag: '--user',
  holds: 'the user',
  usual: [
    ['userid', 'user', 'uid', 'distinctid'],
    ['customerid', 'accountid', 'memberid', 'visitorid', 'playerid'],
    ['customer', 'account', 'member', 'id'],
  ],
  remedy: '',
}
const TIME: Kind = {
  flag: '--time',
  holds: 'the time',
  usual: [
    ['timestamp', 'time', 'ts', 'datetime', 'eventtime', 'eventtimestamp', 'occurredat'],
    ['createdat', 'date', 'eventdate', 'day'],
  ],
  remedy: '',
}
const EVENT: Kind = {
  flag: '--event-column',
  holds: 'the event',
  usual: [
    ['event', 'eventname', 'eventtype'],
    ['name', 'action', 'activity'],
  ],
  remedy: ', or --event NAME where every row marks the same event',
}

/**
 * The columns of a file: those that the call names, and the others by the usual names of headers.
 * @throws UsageError, one line, where one is not there, or not told by its name alone
 */
export function columnsOf(asked: Asked, head: Head, file: string): Columns {
  const { attribute } = asked
  const find = (kind: Kind, column: string | null) =>
    column === null ? sniff(kind, head, file) : check({ flag: kind.flag, column }, head, file)
  const user = find(USER, asked.user)
  const event = isAttributesAlone(asked)
    ? null
    : { time: find(TIME, asked.time), name: asked.event ?? { column: find(EVENT, asked.eventColumn) } }
  // An object may lack its attribute, also the first one.
  if (attribute !== null && head.delimiter !== '')
    check({ flag: '--attribute-column', column: attribute.column }, head, file)
  return { user, event, attribute }
}

/** An attribute needs no time; events are looked for unless it is all that the call names. */
function isAttributesAlone({ attribute, time, event, eventColumn }: Asked): boolean {
  return attribute !== null && time === null && event === null && eventColumn === null
}

/** What was chosen without the call having said so; null where it said all. */
export function choice(asked: Asked, { user, event, attribute }: Columns): string | null {
  const chosen = [
    ...(asked.user === null ? [`user = ${user}`] : []),
    ...(event && asked.time === null ? [`time = ${event.time}`] : []),
    ...(event && typeof event.name === 'object' && asked.eventColumn === null
      ? [`event = ${event.name.column}`]
      : []),
  ]
  if (isAttributesAlone(asked) && attribute !== null)
    chosen.push(`the attribute ${attribute.column} alone (events need --event or --event-column)`)
  return chosen.length === 0 ? null : chosen.join(', ')
}

function sniff({ flag, holds, usual, remedy }: Kind, { names }: Head, file: string): string {
  if (names[0]?.startsWith('{')) throw new UsageError(`${file} looks like NDJSON: add --format ndjson`)
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  for (const group of usual) {
    const [found, second] = names.filter((name) => group.includes(plain(name)))
    if (found === undefined) continue
    if (second === undefined) return found
    const several = names.filter((name) => group.includes(plain(name))).join(' or ')
    throw new UsageError(
      `${flag} COLUMN is needed: ${holds} in ${file} could be ${several}; it has ${listed(names)}`,
    )
  }
  throw new UsageError(
    `${flag} COLUMN is needed${remedy}: no column of ${file} has a usual name for ${holds}; it has ${listed(names)}`,
  )
}

interface Named {
  readonly flag: string
  readonly column: string
}

function check({ flag, column }: Named, { names, delimiter }: Head, file: string): string {
  const at = names.indexOf(column)
  if (at >= 0 && names.lastIndexOf(column) === at) return column
  if (at >= 0)
    throw new UsageError(`${flag} expected a column that ${file} has once, got ${column}: rename one`)
  if (delimiter === '')
    throw new UsageError(
      `${flag} expected a key of the objects in ${file}, got "${column}"; the first has ${listed(names)}`,
    )
  const isJson = names[0]?.startsWith('{')
  const remedy = isJson ? 'it looks like NDJSON: add --format ndjson' : `it has ${listed(names)}`
  throw new UsageError(`${flag} expected a column of ${file}, got "${column}"; ${remedy}`)
}

function listed(names: readonly string[]): string {
  const text = names.slice(0, 20).join(', ')
  return names.length > 20 || text.length > 300 ? `${text.slice(0, 300)}…` : text
}
