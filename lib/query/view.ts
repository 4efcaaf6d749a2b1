import { createSerializer, parseAsInteger, parseAsString, parseAsStringLiteral } from 'nuqs/server'
import { choice, integer, readParameters } from './parameters'
import { MAX_SIDE, RETENTION_PARAMETERS } from './retention'

const VALUES = ['rate', 'count'] as const
const ORDERS = ['newest', 'oldest'] as const
const HEATS = ['scale', 'mean'] as const
const VIEWS = ['table', 'curves'] as const

/** How a retention page shows its report; none of it changes a number. */
export interface RetentionLook {
  readonly values: (typeof VALUES)[number]
  /** Which cohort is on top. */
  readonly order: (typeof ORDERS)[number]
  /** Colours over the whole grid, or against each column's mean. */
  readonly heat: (typeof HEATS)[number]
  readonly view: (typeof VIEWS)[number]
  /** The offset that the figures speak of. */
  readonly headline: number
}

/** The parameters of a page's look, beside those of its report. */
export const LOOK_PARAMETERS = ['values', 'order', 'heat', 'view', 'headline'] as const

// Every choice is written into the URL, the usual ones too, and is a step of the browser's history.
const OPTIONS = { history: 'push', clearOnDefault: false, scroll: false } as const

/** How nuqs reads and writes a page's look. */
export const lookParsers = {
  values: parseAsStringLiteral(VALUES).withDefault('rate').withOptions(OPTIONS),
  order: parseAsStringLiteral(ORDERS).withDefault('newest').withOptions(OPTIONS),
  heat: parseAsStringLiteral(HEATS).withDefault('scale').withOptions(OPTIONS),
  view: parseAsStringLiteral(VIEWS).withDefault('table').withOptions(OPTIONS),
  headline: parseAsInteger.withDefault(1).withOptions(OPTIONS),
}

const text = parseAsString.withOptions(OPTIONS)

/** How nuqs reads and writes a report's question: as texts, which `parseRetentionQuery` checks. */
export const questionParsers = {
  start: text,
  return: text,
  who: text,
  period: text,
  from: text,
  to: text,
  rows: text,
  columns: text,
  mode: text,
  cohort: text,
  base: text,
  brackets: text,
}

const serializeLook = createSerializer(lookParsers, { clearOnDefault: false })

/** Reads a page's look from its URL. @param kept what stands where it does not say @throws BAD_PARAMETER, BAD_ROWS */
export function parseLook(
  params: URLSearchParams,
  kept: Partial<Pick<RetentionLook, 'values' | 'order'>> = {},
): RetentionLook {
  const values = readParameters(params, LOOK_PARAMETERS, [...params.keys()])
  return {
    values: choice('values', values.values ?? kept.values, VALUES),
    order: choice('order', values.order ?? kept.order, ORDERS),
    heat: choice('heat', values.heat, HEATS),
    view: choice('view', values.view, VIEWS),
    headline: integer('headline', values.headline, { min: 0, max: MAX_SIDE - 1, fallback: 1 }),
  }
}

/** Whether a page's URL says everything that its report rests on, so that a copy of it shows the same. */
export function isComplete(params: URLSearchParams): boolean {
  const needed = ['start', 'return', 'period', 'rows', 'mode', 'cohort', ...LOOK_PARAMETERS]
  const either = (one: string, other: string) => params.has(one) || params.has(other)
  return needed.every((name) => params.has(name)) && either('from', 'to') && either('columns', 'brackets')
}

/** A page's whole URL: its question and its look. */
export function pageUrl(question: URLSearchParams, look: RetentionLook): string {
  return serializeLook(`/retention?${question}`, look)
}

/** The question of a page's URL as one parameter list, from what nuqs read. */
export function questionOf(
  texts: Readonly<Record<keyof typeof questionParsers, string | null>>,
): URLSearchParams {
  const params = new URLSearchParams()
  for (const name of RETENTION_PARAMETERS) {
    const value = name in texts ? texts[name as keyof typeof questionParsers] : null
    if (value !== null) params.set(name, value)
  }
  return params
}
