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
      const taken: { x: number; y: number }[] = []
      ctx.save()
      ctx.font = `600 11px ${family}`
      ctx.lineWidth = 4
      ctx.strokeStyle = page
      ctx.fillStyle = ink
      for (let at = data.datasets.length - 1; at >= (all ? 0 : data.datasets.length - 1); at -= 1) {
        const last = data.datasets[at]?.data.findLastIndex((y) => y !== null) ?? -1
        const point = chart.getDatasetMeta(at).data[last]
        if (!point) continue
        const y = Math.max(chartArea.top + 10, point.y - 4)
        if (taken.some((other) => Math.abs(other.y - y) < 12 && Math.abs(other.x - point.x) < 100)) continue
        taken.push({ x: point.x, y })
        const text = data.datasets[at]?.label ?? ''
        // At the line's end: after it where there is room, else over it.
        const fits = point.x + 6 + ctx.measureText(text).width < chart.width
        ctx.textAlign = fits ? 'left' : 'right'
        const x = fits ? point.x + 6 : point.x
        ctx.strokeText(text, x, y)
        ctx.fillText(text, x, y)
      }
      ctx.restore()
    },
  }
}
