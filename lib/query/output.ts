import { BitcohortError } from '../bitmapist/face'
import { choice, readParameters } from './parameters'
import type { Output } from './types'

/** The parameters that say how a table is written; a series has only `format`. */
export const OUTPUT_PARAMETERS = ['format', 'layout', 'values'] as const

/**
 * Reads how an answer shall be written; JSON unless asked otherwise.
 * @param others names of parameters that the caller reads itself
 * @throws BAD_PARAMETER
 */
export function parseOutput(params: URLSearchParams, others: readonly string[]): Output {
  const values = readParameters(params, OUTPUT_PARAMETERS, others)
  const format = choice('format', values.format, ['json', 'csv'])
  const layout = choice('layout', values.layout, ['wide', 'long'])
  const shown = choice('values', values.values, ['count', 'rate'])
  if (format === 'csv') return { format, layout, values: shown }
  for (const field of ['layout', 'values'] as const)
    if (values[field] !== undefined)
      throw new BitcohortError('BAD_PARAMETER', `"${field}" expected together with format=csv`, { field })
  return { format }
}

/** Reads the format of an answer that has one layout. @throws BAD_PARAMETER */
export function parseFormat(params: URLSearchParams, others: readonly string[]): Output['format'] {
  return choice('format', readParameters(params, ['format'], others).format, ['json', 'csv'])
}

/** The parameters of an output; none for JSON. Inverse of `parseOutput`. */
export function printOutput(output: Output): URLSearchParams {
  return new URLSearchParams(output.format === 'json' ? {} : { ...output })
}
