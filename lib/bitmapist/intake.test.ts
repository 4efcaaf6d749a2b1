import { beforeEach, describe, expect, it } from 'vitest'
import { Intake, type Leaf } from './intake'
import { addressOf, type Chunk, EMPTY_CHUNK, lengthOf } from './kernel/chunk'
import { Heap } from './kernel/heap'
import { createSimdKernel } from './kernel/simd'

const UNIT = 2048

let heap: Heap
let put: Map<number, Chunk>
let grown: number
let leaf: Leaf

beforeEach(() => {
  heap = new Heap(createSimdKernel())
  put = new Map()
  grown = 0
  leaf = {
    key: 'a',
    put: (unit, chunk) => put.set(unit, chunk),
    grow: (bytes) => {
      grown += bytes
    },
  }
})

const place = (isOver = false) => ({ heap, stride: { unit: UNIT }, isOver })
const bytesOf = (chunk: Chunk) =>
  heap.kernel.bytes.slice(addressOf(chunk), addressOf(chunk) + lengthOf(chunk))

describe('Intake', () => {
  it.each([1, 7, 2048, 5000])('cuts a piece into units, %i bytes at a time', (step) => {
    const piece = Uint8Array.from({ length: 5000 }, (_, i) => (i % 251) + 1)
    const intake = new Intake(leaf, place(), 3 * UNIT)
    intake.begin(piece.length)
    for (let at = 0; at < piece.length; at += step) intake.write(piece.subarray(at, at + step))
    expect(put.size, 'nothing before the end').toBe(0)
    intake.end()
    expect([...put.keys()]).toEqual([3, 4, 5])
    expect(intake.reached).toBe(3 * UNIT + 5000)
    expect([...put.values()].map(lengthOf)).toEqual([2048, 2048, 1024])
    expect(grown).toBe(5120)
    const all = Buffer.concat([...put.values()].map(bytesOf))
    expect(all.equals(Buffer.concat([piece, new Uint8Array(120)]))).toBe(true)
  })

  it('writes zeros over what lay in the memory of a short unit', () => {
    const old = heap.allocate(0)
    heap.kernel.bytes.fill(255, addressOf(old), addressOf(old) + 1024)
    heap.release(old)
    const intake = new Intake(leaf, place(), 0)
    intake.begin(1)
    intake.write(Uint8Array.of(128))
    intake.end()
    expect(bytesOf(put.get(0) ?? EMPTY_CHUNK)).toEqual(new Uint8Array(1024).fill(128, 0, 1))
  })

  it('keeps no memory for units without users, but their places', () => {
    const piece = new Uint8Array(3 * UNIT).fill(1, 2 * UNIT)
    const intake = new Intake(leaf, place(), 0)
    intake.begin(piece.length)
    intake.write(piece)
    intake.end()
    expect([...put].map(([unit, chunk]) => [unit, lengthOf(chunk)])).toEqual([
      [0, 0],
      [1, 0],
      [2, UNIT],
    ])
    expect(heap.used).toBe(UNIT)
  })

  it('gives everything back where the piece breaks off, and begins anew', () => {
    const intake = new Intake(leaf, place(), 0)
    intake.begin(5000)
    intake.write(new Uint8Array(3000).fill(1))
    intake.cancel()
    expect([heap.used, put.size]).toEqual([0, 0])
    intake.begin(10)
    intake.write(new Uint8Array(10).fill(1))
    intake.end()
    expect([...put.keys()]).toEqual([0])
    expect([heap.used, intake.reached]).toEqual([1024, 10])
  })

  it('takes nothing once its walk is over', () => {
    const under = { ...place(), isOver: false }
    const intake = new Intake(leaf, under, 0)
    intake.begin(5000)
    intake.write(new Uint8Array(3000).fill(1))
    under.isOver = true
    intake.write(new Uint8Array(2000).fill(1))
    intake.end()
    expect([heap.used, put.size, grown]).toEqual([0, 0, 0])
  })

  it('takes nothing where its walk ends before the last piece does', () => {
    const under = { ...place(), isOver: false }
    const intake = new Intake(leaf, under, 0)
    intake.begin(10)
    intake.write(new Uint8Array(10).fill(1))
    under.isOver = true
    intake.end()
    expect([heap.used, put.size]).toEqual([0, 0])
  })
})
