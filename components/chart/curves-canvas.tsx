'use client'

import {
  type ActiveElement,
  CategoryScale,
  type Chart,
  type ChartData,
  type ChartDataset,
  Chart as ChartJs,
  type ChartOptions,
  LinearScale,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Line } from 'react-chartjs-2'
import type { RetentionTable } from '../../lib/bitmapist/face'
import { columnName } from '../cohort/column'
import { formatCount, NBSP } from '../cohort/format'
import { type Curve, curvesOf } from './curves-data'
import { endLabels } from './end-labels'

ChartJs.register(CategoryScale, LinearScale, LineElement, PointElement, Tooltip)

export interface CurvesCanvasProps {
  readonly table: RetentionTable
  readonly values: 'rate' | 'count'
  /** What the picture says, for those who do not see it. */
  readonly words: string
}

interface Inks {
  readonly ink: string
  readonly dim: string
  readonly line: string
  readonly cohort: string
  readonly lifted: string
  readonly page: string
  /** The page's font family, for canvases do not inherit it. */
  readonly family: string
}

function readInks(element: Element): Inks {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    ink: read('--ink'),
    dim: read('--ink-dim'),
    line: read('--line'),
    cohort: read('--heat-5'),
    lifted: read('--accent'),
    page: read('--page'),
    family: style.fontFamily,
  }
}

/** Older cohorts fade: `#rrggbb` and an opacity as one colour. */
function faded(hex: string, opacity: number): string {
  return `${hex}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`
}

interface LineStyle {
  readonly color: string
  readonly width: number
  readonly order: number
}

function dataset(
  { name, points }: Curve,
  { color, width, order }: LineStyle,
): ChartDataset<'line', (number | null)[]> {
  return {
    label: name,
    data: points.map(({ y }) => y),
    borderColor: color,
    backgroundColor: color,
    borderWidth: width,
    pointRadius: points.length === 1 ? 3 : 0,
    pointHoverRadius: 3,
    pointHitRadius: 8,
    spanGaps: false,
    order,
    segment: { borderDash: ({ p1DataIndex }) => (points[p1DataIndex]?.open ? [4, 4] : undefined) },
  }
}

const FEW_LINES = 6

function dataOf(
  { table, values }: Pick<CurvesCanvasProps, 'table' | 'values'>,
  inks: Inks,
  lifted: number | null,
): ChartData<'line', (number | null)[]> {
  const { cohorts, mean } = curvesOf(table, values)
  const lines = cohorts.map((curve, at) =>
    dataset(
      curve,
      at === lifted
        ? { color: inks.lifted, width: 2.5, order: 0 }
        : {
            color: faded(
              inks.cohort,
              (0.3 + (0.65 * (at + 1)) / cohorts.length) * (lifted === null ? 1 : 0.4),
            ),
            width: 1.25,
            order: 2,
          },
    ),
  )
  return {
    labels: table.mean.weighted.map((_, k) => columnName(table, k)),
    datasets: [...lines, dataset(mean, { color: inks.ink, width: 3, order: 1 })],
  }
}

/** Both axes begin at 0. */
function scalesOf(
  values: CurvesCanvasProps['values'],
  inks: Inks,
): NonNullable<ChartOptions<'line'>['scales']> {
  const font = { family: inks.family, size: 11 }
  return {
    x: {
      grid: { display: false },
      border: { color: inks.line },
      ticks: { color: inks.dim, font, maxRotation: 0 },
    },
    y: {
      beginAtZero: true,
      grid: { color: inks.line },
      border: { display: false },
      ticks: {
        color: inks.dim,
        font,
        maxTicksLimit: 6,
        callback: (y) => (values === 'rate' ? `${y}${NBSP}%` : formatCount(Number(y))),
      },
    },
  }
}

function optionsOf(
  values: CurvesCanvasProps['values'],
  inks: Inks,
  onLift: (chart: Chart, active: ActiveElement[]) => void,
): ChartOptions<'line'> {
  const format = (y: number) => (values === 'rate' ? `${y.toFixed(1)}${NBSP}%` : formatCount(Math.round(y)))
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    layout: { padding: { top: 6, right: 12 } },
    interaction: { mode: 'nearest', intersect: false },
    onHover: (_, active, chart) => onLift(chart, active),
    scales: scalesOf(values, inks),
    plugins: {
      legend: { display: false },
      tooltip: {
        animation: false,
        displayColors: false,
        callbacks: {
          title: ([item]) => item?.dataset.label ?? '',
          label: ({ label, parsed }) => `${label}: ${parsed.y === null ? '' : format(parsed.y)}`,
        },
      },
    },
  }
}

/** The drawing itself; it is made anew when the theme changes. */
export default function CurvesCanvas({ table, values, words }: CurvesCanvasProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [inks, setInks] = useState<Inks | null>(null)
  const [lifted, setLifted] = useState<number | null>(null)
  useEffect(() => {
    if (frame.current) setInks(readInks(frame.current))
  }, [])
  const cohorts = table.rows.filter(({ size }) => (size ?? 0) > 0).length
  const data = useMemo(
    () => (inks === null ? null : dataOf({ table, values }, inks, lifted)),
    [table, values, inks, lifted],
  )
  const options = useMemo(
    () =>
      inks === null
        ? null
        : optionsOf(values, inks, (_, active) => {
            const at = active[0]?.datasetIndex
            setLifted(at === undefined || at >= cohorts ? null : at)
          }),
    [values, inks, cohorts],
  )
  const plugins = useMemo(
    () => (inks === null ? [] : [endLabels({ ...inks, all: cohorts <= FEW_LINES })]),
    [inks, cohorts],
  )
  return (
    <div ref={frame} style={{ height: '100%' }} onPointerLeave={() => setLifted(null)}>
      {data && options && <Line data={data} options={options} plugins={plugins} aria-label={words} />}
    </div>
  )
}
