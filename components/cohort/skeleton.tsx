import classes from './skeleton.module.css'

export interface ReportSkeletonProps {
  readonly rows: number
  readonly columns: number
  /** Where the sentence is on its way too. */
  readonly sentence?: boolean
}

/** The page's shape while the first report is on its way: as large as what will stand there. */
export function ReportSkeleton({ rows, columns, sentence = false }: ReportSkeletonProps) {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading the report">
      {sentence && <div className={classes.sentence} />}
      <div className={classes.figures} />
      <div className={classes.tools} />
      <div
        className={classes.grid}
        style={{ width: `min(100%, ${198 + 64 * columns}px)`, height: `${72 + 36 * rows}px` }}
      />
    </div>
  )
}
