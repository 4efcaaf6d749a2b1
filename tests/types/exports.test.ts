import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as library from '../../lib/bitmapist'
import * as face from '../../lib/bitmapist/face'
import { ROOT } from '../../scripts/system/project.mjs'
import { typeNames } from '../fixtures/exports'

const namesOf = (module: object) => Object.keys(module).sort()
const typesOf = (file: string) => typeNames(join(ROOT, 'lib/bitmapist', file))
const words = (text: string) => text.trim().split(/\s+/).sort()

/** What the browser may import too. */
const FACE = `
  BASES BitcohortError ERRORS EXPRESSION_LIMITS ID_MODES MAX_BIT MODES SPANS UNITS UTC and attribute baseOf
  between ceiling checkId checkName checkSize checkUser columnPool contains day depthOf difference
  eligibleShare endOf event eventsOf exists expected fields figuresOf firstDay floor fold hour idOfDigits
  isSame isSameZone label lastDay leavesOf minus month not offset or parseExpression parsePeriod
  parsePeriodOrTime parseTime parseUnit partsOf period periodAt poolOf printExpression range rateOf
  readUserId replaceLeaves segment startLabel startOf stateOf twoProportionZ week wilsonInterval within xor
  year zoneOf
`
/** What does I/O, besides. */
const LIBRARY = `
  AttributeBitmap Batch Bitmap Bitmapist DEFAULT_MAX_USER_ID DEFAULT_PREFIX EventBitmap UserSet
`
const FACE_TYPES = `
  Base Bracket CellFlag Cohort Comparison ErrorCode EventList EventSummary Expression Figures IdMode IdOf
  IdRules Mode Period PeriodState Pool RetentionCell RetentionMean RetentionRow RetentionTable RowFlag
  SeriesPoint SeriesReport Share Unit UserEvent UserId UserReport Zone
`
const LIBRARY_TYPES = `
  BitmapistOptions CacheStats Cell Client DotsRequest EventOptions KeyMeaning Library Mark MarkOptions NameOptions
  RetentionRequest SeriesRequest UserDaysRequest UserPage WalkStats
`
/** What an error's code may be. */
const CODES = `
  BAD_BODY BAD_COHORT BAD_EVENT BAD_EXPRESSION BAD_MARKS BAD_MEDIA_TYPE BAD_METHOD BAD_MODE BAD_PARAMETER
  BAD_PERIOD BAD_ROWS BAD_SETTINGS BAD_SYSTEM BAD_TIME BAD_TIME_ZONE BAD_USER BODY_TOO_LARGE FORBIDDEN
  INTERNAL NOT_FOUND NO_ID REDIS_UNAVAILABLE TOO_LARGE TOO_MANY_REPORTS UNKNOWN_SEGMENT WRONG_TYPE
`

describe('lib/bitmapist', () => {
  it('exports these names', () => {
    expect(namesOf(library)).toEqual(words(LIBRARY + FACE))
  })

  it('exports these types', () => {
    expect(typesOf('index.ts')).toEqual(words(LIBRARY_TYPES + FACE_TYPES))
  })
})

describe('lib/bitmapist/face', () => {
  it('exports these names, to the browser too', () => {
    expect(namesOf(face)).toEqual(words(FACE))
  })

  it('exports these types', () => {
    expect(typesOf('face.ts')).toEqual(words(FACE_TYPES))
  })
})

describe('ERRORS', () => {
  it('has these codes', () => {
    expect(namesOf(library.ERRORS)).toEqual(words(CODES))
  })
})
