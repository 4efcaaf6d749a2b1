/** The part of the domain that does no I/O: safe in the browser. */
export { BitcohortError, ERRORS, type ErrorCode, expected } from './errors'
export * from './expression'
export * from './parse'
export * from './period'
export * from './reports/figures'
export * from './reports/table'
export * from './time'
