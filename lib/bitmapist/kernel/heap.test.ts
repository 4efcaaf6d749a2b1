import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, CHUNK_MAX, type Chunk, lengthOf, orderFor } from './chunk'
import { Heap } from './heap'
import { createScalarKernel } from './scalar'
import { createSimdKernel } from './simd'

describe.each([
  ['SIMD', createSimdKernel],
  ['scalar', createScalarKernel],
])('Heap of the %s kernel', (_, createKernel) => {
  it('hands out chunks that lie apart, at multiples of their length, and keeps what is written', () => {
    const steps = fc.array(fc.record({ order: fc.integer({ min: 0, max: 4 }), keep: fc.boolean() }), {
      maxLength: 300,
    })
    fc.assert(
      fc.property(steps, (all) => {
        const heap = new Heap(createKernel())
        const held = new Map<Chunk, number>()
        all.forEach(({ order, keep }, i) => {
          const chunk = heap.allocate(order)
          const [at, length] = [addressOf(chunk), lengthOf(chunk)]
          expect([chunk > 0, at % length, length]).toEqual([true, 0, 1024 << order])
          heap.kernel.bytes.fill(i % 251, at, at + length)
          held.set(chunk, i % 251)
          const [oldest] = held.keys()
          if (!keep && oldest !== undefined) {
            held.delete(oldest)
            heap.release(oldest)
          }
        })
        for (const [chunk, value] of held)
          expect(
            heap.kernel.bytes
              .subarray(addressOf(chunk), addressOf(chunk) + lengthOf(chunk))
              .every((byte) => byte === value),
          ).toBe(true)
        expect(heap.used).toBe([...held.keys()].reduce((sum, chunk) => sum + lengthOf(chunk), 0))
      }),
      { seed: 20250106, numRuns: 100 },
    )
  })

  it('makes a whole chunk of its parts again: the memory does not grow', () => {
    const heap = new Heap(createKernel())
    const before = heap.kernel.bytes.length
    for (let round = 0; round < 200; round++) {
      const order = round % 5
      const chunks = Array.from({ length: (2 * 1024 * 1024) / (1024 << order) }, () => heap.allocate(order))
      for (const chunk of chunks) heap.release(chunk)
    }
    expect(heap.used).toBe(0)
    expect(heap.kernel.bytes.length - before).toBeLessThanOrEqual(4 * 1024 * 1024 + CHUNK_MAX)
  })

  it('copies a chunk', () => {
    const heap = new Heap(createKernel())
    const chunk = heap.allocate(1)
    heap.kernel.bytes.fill(7, addressOf(chunk), addressOf(chunk) + 2048)
    const copied = heap.copy(chunk)
    heap.kernel.bytes.fill(0, addressOf(chunk), addressOf(chunk) + 2048)
    expect(heap.kernel.count(addressOf(copied), lengthOf(copied))).toBe(3 * 2048)
  })

  it('hands out tables, and the same memory again', () => {
    const heap = new Heap(createKernel())
    const table = heap.allocateTable(100_000)
    expect(table % 16).toBe(0)
    expect(heap.allocateTable(100_000)).not.toBe(table)
    heap.releaseTable(table, 100_000)
    expect(heap.allocateTable(99_000)).toBe(table)
  })
})

describe('orderFor', () => {
  it.each([
    [0, 0],
    [1, 0],
    [1024, 0],
    [1025, 1],
    [8193, 4],
    [16384, 4],
  ])('of %i bytes is %i', (byteLength, order) => {
    expect(orderFor(byteLength)).toBe(order)
  })
})
