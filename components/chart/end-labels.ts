import type { Plugin } from 'chart.js'

export interface EndLabelOptions {
  readonly ink: string
  /** Behind the text, so that lines do not cross it. */
  readonly page: string
  readonly family: string
  /** Every line, or only the last one, the mean. */
  readonly all: boolean
}

/** A Chart.js plugin that names lines at their own ends, so that no legend has to be matched by colour. */
export function endLabels({ ink, page, family, all }: EndLabelOptions): Plugin<'line'> {
  return {
    id: 'end-labels',
    afterDatasetsDraw(chart) {
      const { ctx, data, chartArea } = chart
      const taken: number[] = []
      ctx.save()
      ctx.font = `600 11px ${family}`
      ctx.textAlign = 'right'
      ctx.lineWidth = 4
      ctx.strokeStyle = page
      ctx.fillStyle = ink
      for (let at = data.datasets.length - 1; at >= (all ? 0 : data.datasets.length - 1); at -= 1) {
        const last = data.datasets[at]?.data.findLastIndex((y) => y !== null) ?? -1
        const point = chart.getDatasetMeta(at).data[last]
        if (!point) continue
        const y = Math.max(chartArea.top + 10, point.y - 8)
        if (taken.some((other) => Math.abs(other - y) < 12)) continue
        taken.push(y)
        const text = data.datasets[at]?.label ?? ''
        ctx.strokeText(text, point.x, y)
        ctx.fillText(text, point.x, y)
      }
      ctx.restore()
    },
  }
}
