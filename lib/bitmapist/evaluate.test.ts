import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Engine } from './evaluate'
import type { Kernel } from './kernel/kernel'
import { createScalarKernel } from './kernel/scalar'
import { createSimdKernel } from './kernel/simd'
import { EMPTY, type Node, Plan } from './plan'
import { strideOf } from './program'
import type { AskedPiece, BitSource, PieceReader } from './store/source'

/** Bitmaps in memory; counts its round trips. */
class MemorySource implements BitSource, PieceReader {
  trips = 0
  readonly asked: string[] = []

  constructor(private readonly bitmaps: Readonly<Record<string, Uint8Array>>) {}

  async openReader() {
    return this
  }

  async findFirstBytes(keys: readonly string[]): Promise<readonly number[]> {
    return keys.map((key) => this.bitmaps[key]?.findIndex((byte) => byte !== 0) ?? -1)
  }

  async readPieces(asked: readonly AskedPiece[]): Promise<readonly Uint8Array[]> {
    this.trips++
    this.asked.push(...asked.map(({ key }) => key))
    return asked.map(
      ({ key, from, length }) => this.bitmaps[key]?.subarray(from, from + length) ?? new Uint8Array(),
    )
  }

  async readBits() {
    return new Map()
  }

  async readLengths() {
    return []
  }
}

const BLOCK = 256 * 1024
const KERNELS: readonly (readonly [string, () => Kernel])[] = [
  ['SIMD', createSimdKernel],
  ['scalar', createScalarKernel],
]

function idsOf(bytes: Uint8Array): readonly number[] {
  return [...bytes].flatMap((byte, i) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((b) => byte & (0x80 >> b)).map((b) => i * 8 + b),
  )
}

async function countAll(engine: Engine, plan: Plan, nodes: readonly Node[]): Promise<readonly number[]> {
  const counts = nodes.map(() => 0)
  for await (const block of engine.blocks(plan, nodes))
    nodes.forEach((node, i) => {
      counts[i] = (counts[i] ?? 0) + block.count(node)
    })
  return counts
}

describe.each(KERNELS)('Engine with the %s kernel', (_, createKernel) => {
  it.each([0, 1, 15, 16, 17, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7])(
    'counts bitmaps of %i bytes against shorter, longer and missing ones',
    async (length) => {
      const full = new Uint8Array(length).fill(0xff)
      const longer = new Uint8Array(length + 3).fill(0xaa)
      const engine = new Engine(
        new MemorySource({ full, longer, short: full.subarray(0, length >> 1) }),
        createKernel,
      )
      const plan = new Plan('')
      const [f, l, s, m] = ['full', 'longer', 'short', 'missing'].map((key) => plan.leaf(key)) as [
        Node,
        Node,
        Node,
        Node,
      ]
      const nodes = [
        f,
        l,
        s,
        m,
        plan.and([f, l]),
        plan.or([f, l, m]),
        plan.xor([f, s]),
        plan.minus(l, f),
        plan.and([f, m]),
      ]
      const half = (length >> 1) * 8
      expect(await countAll(engine, plan, nodes)).toEqual([
        length * 8,
        (length + 3) * 4,
        half,
        0,
        length * 4,
        length * 8 + 12,
        length * 8 - half,
        12,
        0,
      ])
    },
  )

  it('gives results their slots back without writing over what is still read', async () => {
    const bitmap = fc.uint8Array({ minLength: 0, maxLength: 40 })
    const choice = fc.record({
      op: fc.constantFrom('and', 'or', 'xor', 'minus'),
      inputs: fc.array(fc.nat(), { minLength: 2, maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(bitmap, { minLength: 1, maxLength: 5 }),
        fc.array(choice, { maxLength: 25 }),
        async (maps, choices) => {
          const plan = new Plan('')
          const nodes: Node[] = [EMPTY, ...maps.map((_, i) => plan.leaf(`k${i}`))]
          const sets: ReadonlySet<number>[] = [new Set(), ...maps.map((bytes) => new Set(idsOf(bytes)))]
          for (const { op, inputs } of choices) {
            const picked = inputs.map((input) => input % nodes.length)
            const pair = op === 'minus' ? picked.slice(0, 2) : picked
            nodes.push(
              build(
                plan,
                op,
                pair.map((p) => nodes[p] ?? EMPTY),
              ),
            )
            sets.push(
              model(
                op,
                pair.map((p) => sets[p] ?? new Set()),
              ),
            )
          }
          const source = new MemorySource(Object.fromEntries(maps.map((bytes, i) => [`k${i}`, bytes])))
          const outputs = nodes.filter((_, i) => i % 3 === nodes.length % 3)
          const expected = sets.filter((_, i) => i % 3 === nodes.length % 3).map((set) => set.size)
          expect(await countAll(new Engine(source, createKernel), plan, outputs)).toEqual(expected)
        },
      ),
      { seed: 20250106, numRuns: 300 },
    )
  })
})

function build(plan: Plan, op: string, inputs: readonly Node[]): Node {
  if (op === 'minus') return plan.minus(inputs[0] ?? EMPTY, inputs[1] ?? EMPTY)
  return op === 'and' ? plan.and(inputs) : op === 'or' ? plan.or(inputs) : plan.xor(inputs)
}

function model(
  op: string,
  [first = new Set(), ...rest]: readonly ReadonlySet<number>[],
): ReadonlySet<number> {
  const all = [...new Set([...first, ...rest.flatMap((set) => [...set])])]
  const times = (id: number) => [first, ...rest].filter((set) => set.has(id)).length
  if (op === 'minus') return new Set([...first].filter((id) => !rest.some((set) => set.has(id))))
  if (op === 'and') return new Set(all.filter((id) => times(id) === rest.length + 1))
  return new Set(op === 'or' ? all : all.filter((id) => times(id) % 2 === 1))
}

describe('Engine', () => {
  it('asks for missing keys once, and for ended bitmaps no more', async () => {
    const source = new MemorySource({
      long: new Uint8Array(3 * BLOCK).fill(1),
      short: new Uint8Array(9).fill(1),
    })
    const plan = new Plan('')
    const nodes = ['long', 'short', 'missing'].map((key) => plan.leaf(key))
    expect(await countAll(new Engine(source, createSimdKernel), plan, nodes)).toEqual([3 * BLOCK, 9, 0])
    expect(source.asked).toEqual(['long', 'short', 'long', 'long', 'long'])
  })

  it('reaches bit 2³² − 1', async () => {
    const last = 2 ** 29 - 1
    const source: BitSource = {
      openReader: async () => ({
        findFirstBytes: async () => [last],
        readPieces: async (asked) =>
          asked.map(({ from, length }) => {
            const bytes = new Uint8Array(Math.max(0, Math.min(length, last + 1 - from)))
            if (from <= last && last < from + length) bytes[last - from] = 1
            return bytes
          }),
      }),
      readBits: async () => new Map(),
      readLengths: async () => [],
    }
    const plan = new Plan('')
    const node = plan.leaf('a')
    const ids: number[] = []
    for await (const block of new Engine(source, createSimdKernel).blocks(plan, [node]))
      ids.push(...idsOf(block.bytes(node)).map((id) => block.firstId + id))
    expect(ids).toEqual([4294967295])
  })

  it.each([0, 1, 15, 16, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3])(
    'skips what is empty before byte %i, and reads none of it',
    async (begin) => {
      const late = new Uint8Array(begin + 3)
      late.set([0x80, 0, 0x01], begin)
      const early = new Uint8Array(20).fill(0xff)
      const source = new MemorySource({ late, early, none: new Uint8Array(9) })
      const plan = new Plan('')
      const [l, e, n] = ['late', 'early', 'none'].map((key) => plan.leaf(key)) as [Node, Node, Node]
      const both = begin < 18 ? 2 : begin < 20 ? 1 : 0
      const nodes = [l, e, n, plan.and([l, e]), plan.minus(l, e), plan.or([l, n])]
      const counts = await countAll(new Engine(source, createSimdKernel), plan, nodes)
      expect(counts).toEqual([2, 160, 0, both, 2 - both, 2])
      // The first bytes of all, then a piece of each.
      expect(source.trips).toBeLessThanOrEqual(3)
    },
  )

  it('keeps reports that run at once apart', async () => {
    const [a, b] = [new Uint8Array(2 * BLOCK).fill(0xff), new Uint8Array(BLOCK).fill(0x0f)]
    const source = new MemorySource({ a, b })
    const engine = new Engine(source, createSimdKernel)
    const one = async (key: string) => {
      const plan = new Plan('')
      return countAll(engine, plan, [plan.leaf(key)])
    }
    expect(await Promise.all(['a', 'b', 'a', 'b'].map(one))).toEqual([
      [16 * BLOCK],
      [4 * BLOCK],
      [16 * BLOCK],
      [4 * BLOCK],
    ])
  })

  it('stops with the reason of an aborted signal', async () => {
    const source = new MemorySource({ a: new Uint8Array(4 * BLOCK).fill(1) })
    const plan = new Plan('')
    const controller = new AbortController()
    const node = plan.leaf('a')
    const walk = async () => {
      for await (const _ of new Engine(source, createSimdKernel).blocks(plan, [node], controller))
        controller.abort(new Error('closed'))
    }
    await expect(walk()).rejects.toThrow('closed')
    expect(source.trips).toBe(2)
  })
})

describe('strideOf', () => {
  const unknown = Number.POSITIVE_INFINITY
  it.each([
    [0, 1, 262144, 16384],
    [64, 65, 262144, 16384],
    [65, 65, 131072, 16384],
    [104, 1, 131072, 16384],
    [2000, 1, 8192, 8192],
    [104, 3000, 131072, 8192],
    [10_000_000, 1, 1024, 1024],
  ])(
    'reads %i bitmaps and computes %i within a round: pieces of %i bytes, units of %i',
    (read, slots, piece, unit) => {
      const lengths = new Array<number>(read).fill(unknown)
      expect(strideOf({ lengths, slots, longest: unknown })).toMatchObject({ piece, unit })
    },
  )

  it('reads many bitmaps whole where they are known to be short', () => {
    const lengths = new Array<number>(20_000).fill(625)
    expect(strideOf({ lengths, slots: 20_000, longest: 625 })).toEqual({
      piece: 262144,
      unit: 16384,
      bytes: 3 * 20_000 * 625,
    })
  })
})
