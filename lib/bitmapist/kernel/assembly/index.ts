export { and, or, xor, minus } from './sets'
export { count, countPairs, isZero } from './counts'
