import classes from './cell-users.module.css'

const STEP = 10
const RADIUS = 3.5

/** A circle as a path, so that a row of them is two elements. */
function circle(at: number): string {
  const x = at * STEP + STEP / 2
  return `M${x - RADIUS} 5a${RADIUS} ${RADIUS} 0 1 0 ${2 * RADIUS} 0a${RADIUS} ${RADIUS} 0 1 0 ${-2 * RADIUS} 0`
}

export interface DotsProps {
  /** Oldest first. */
  readonly dots: readonly boolean[]
  /** `weeks` */
  readonly words: string
}

/** In which of the last periods a user did something. */
export function Dots({ dots, words }: DotsProps) {
  const path = (is: boolean) => dots.flatMap((dot, at) => (dot === is ? [circle(at)] : [])).join('')
  const count = dots.filter(Boolean).length
  return (
    <svg
      className={classes.dots}
      width={dots.length * STEP}
      height={STEP}
      viewBox={`0 0 ${dots.length * STEP} ${STEP}`}
      role="img"
      aria-label={`${count} of the last ${dots.length} ${words}`}
      data-dots={dots.map(Number).join('')}
    >
      <path d={path(false)} className={classes.off} />
      <path d={path(true)} className={classes.on} />
    </svg>
  )
}
