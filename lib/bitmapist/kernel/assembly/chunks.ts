// Chunks: ranges of 1 KiB << order bytes, named by their address (a multiple of 1 KiB) plus their order; 0 is the empty
// one. Beyond a chunk's end there are zeros.

/** Of a chunk's name: its order. */
const ORDER: usize = 15
const KIB: usize = 1024

const AND = 0
const OR = 1
const XOR = 2
const MINUS = 3

// @ts-ignore: decorator
@inline
export function addressOf(chunk: usize): usize {
  return chunk & ~ORDER
}

// @ts-ignore: decorator
@inline
export function lengthOf(chunk: usize): usize {
  return KIB << (chunk & ORDER)
}

// @ts-ignore: decorator
@inline
function merge(operation: i32, a: v128, b: v128): v128 {
  if (operation == AND) return v128.and(a, b)
  if (operation == OR) return v128.or(a, b)
  if (operation == XOR) return v128.xor(a, b)
  return v128.andnot(a, b)
}

/** Combines what both have. Returns whether a bit is set. */
// @ts-ignore: decorator
@inline
function apply(operation: i32, dst: usize, a: usize, b: usize, length: usize): bool {
  const end = dst + length
  let any = i8x16.splat(0)
  while (dst < end) {
    const first = merge(operation, v128.load(a), v128.load(b))
    const second = merge(operation, v128.load(a, 16), v128.load(b, 16))
    const third = merge(operation, v128.load(a, 32), v128.load(b, 32))
    const fourth = merge(operation, v128.load(a, 48), v128.load(b, 48))
    v128.store(dst, first)
    v128.store(dst, second, 16)
    v128.store(dst, third, 32)
    v128.store(dst, fourth, 48)
    any = v128.or(any, v128.or(v128.or(first, second), v128.or(third, fourth)))
    dst += 64
    a += 64
    b += 64
  }
  return v128.any_true(any)
}

/**
 * Combines two chunks, neither empty, into the range at `dst` (room for the longer one; it may be one of them). Returns
 * the result's name: 0 where no bit is set.
 */
export function combine(operation: i32, dst: usize, a: usize, b: usize): usize {
  const orderA = a & ORDER
  const orderB = b & ORDER
  const from = addressOf(a)
  const other = addressOf(b)
  const order = min(orderA, orderB)
  const length = KIB << order
  if (operation == AND) return apply(AND, dst, from, other, length) ? dst | order : 0
  let any: bool
  if (operation == OR) any = apply(OR, dst, from, other, length)
  else if (operation == XOR) any = apply(XOR, dst, from, other, length)
  else any = apply(MINUS, dst, from, other, length)
  if (orderA > order) any = copyRest(dst, from, length, KIB << orderA) || any
  else if (orderB > order && operation != MINUS) any = copyRest(dst, other, length, KIB << orderB) || any
  return any ? dst | (operation == MINUS ? orderA : max(orderA, orderB)) : 0
}

/** The bytes that only one has. Returns whether a bit is set. */
function copyRest(dst: usize, from: usize, begin: usize, end: usize): bool {
  return apply(OR, dst + begin, from + begin, from + begin, end - begin)
}
