// Whole ranges: in shared memory JavaScript fills and copies byte by byte.

export function clear(at: usize, length: usize): void {
  memory.fill(at, 0, length)
}

export function copy(dst: usize, from: usize, length: usize): void {
  memory.copy(dst, from, length)
}
