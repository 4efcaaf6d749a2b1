// The four set operations. `operation` is a constant at every call, so that each export compiles to its own bare loop.

const AND = 0
const OR = 1
const XOR = 2
const MINUS = 3

// @ts-ignore: decorator
@inline
function combine(operation: i32, a: v128, b: v128): v128 {
  if (operation == AND) return v128.and(a, b)
  if (operation == OR) return v128.or(a, b)
  if (operation == XOR) return v128.xor(a, b)
  return v128.andnot(a, b)
}

// @ts-ignore: decorator
@inline
function combineByte(operation: i32, a: u32, b: u32): u32 {
  if (operation == AND) return a & b
  if (operation == OR) return a | b
  if (operation == XOR) return a ^ b
  return a & ~b
}

// @ts-ignore: decorator
@inline
function apply(operation: i32, dst: usize, a: usize, b: usize, length: usize): void {
  const end = dst + length
  const whole = dst + (length & ~63)
  while (dst < whole) {
    v128.store(dst, combine(operation, v128.load(a), v128.load(b)))
    v128.store(dst, combine(operation, v128.load(a, 16), v128.load(b, 16)), 16)
    v128.store(dst, combine(operation, v128.load(a, 32), v128.load(b, 32)), 32)
    v128.store(dst, combine(operation, v128.load(a, 48), v128.load(b, 48)), 48)
    dst += 64
    a += 64
    b += 64
  }
  while (dst + 16 <= end) {
    v128.store(dst, combine(operation, v128.load(a), v128.load(b)))
    dst += 16
    a += 16
    b += 16
  }
  while (dst < end) {
    store<u8>(dst++, combineByte(operation, load<u8>(a++), load<u8>(b++)))
  }
}

export function and(dst: usize, a: usize, b: usize, length: usize): void {
  apply(AND, dst, a, b, length)
}

export function or(dst: usize, a: usize, b: usize, length: usize): void {
  apply(OR, dst, a, b, length)
}

export function xor(dst: usize, a: usize, b: usize, length: usize): void {
  apply(XOR, dst, a, b, length)
}

export function minus(dst: usize, a: usize, b: usize, length: usize): void {
  apply(MINUS, dst, a, b, length)
}
