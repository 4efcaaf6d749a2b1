/** The part of the domain that does no I/O: safe in the browser. */
export { BitcohortError, ERRORS, type ErrorCode, expected } from './errors'
export * from './expression'
export * from './label'
export * from './parse'
export * from './period'
export * from './reports/figures'
export * from './reports/table'
export * from './time'
export {
  checkId,
  checkUser,
  ID_MODES,
  type IdMode,
  type IdOf,
  type IdRules,
  idOfDigits,
  MAX_BIT,
  readUserId,
  type UserId,
} from './user-id'
export * from './zone'
