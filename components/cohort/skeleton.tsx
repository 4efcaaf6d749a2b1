import classes from './skeleton.module.css'

/** The page's shape while the first report is on its way: as large as what will stand there. */
export function ReportSkeleton({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading the report">
      <div className={classes.figures} />
      <div className={classes.tools} />
      <div
        className={classes.grid}
        style={{ width: `min(100%, ${198 + 64 * columns}px)`, height: `${72 + 36 * rows}px` }}
      />
    </div>
  )
}
