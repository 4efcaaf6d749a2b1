import { benchKernel } from '../../../lib/bitmapist/kernel/kernel.bench'
import type { Lab, Section } from '../lab'

/** The WebAssembly kernel's operations against the same in JavaScript. */
export const kernel: Section = {
  name: 'kernel',
  async run(lab: Lab) {
    lab.begin('The kernel alone, best of its runs')
    for (const { name, simdMs, scalarMs } of benchKernel())
      lab.tell({
        name,
        peer: 'the same in JavaScript',
        unit: 'ms',
        ours: simdMs,
        theirs: scalarMs,
        firstMs: null,
        best: null,
        measure: 'speedup',
        must: null,
        readMiB: null,
        heldMs: null,
      })
  },
}
