/** A way to ask for the same: which rows (row, column, count) come back, columns before the row's own or not. */
export interface Formulation {
  readonly name: string
  readonly sql: string
}

export type Start = 'signup' | 'active'

/**
 * The tables (user_id INTEGER, period UTINYINT) are there twice: by period and user, and by user and period.
 * Measured and left out, for they took longer everywhere: lists of a user's periods, unnested; a mask of periods a user,
 * and sums over its bits; users in words of 64, as rows joined by word or pivoted to a column a period; GROUP BY of one
 * packed number or of the offset instead of two small columns.
 */
export function gridFormulations(start: Start, users: number): readonly Formulation[] {
  const joins = ['by user', 'by period'].flatMap((order) => {
    const suffix = order === 'by user' ? '_by_user' : ''
    const join = `SELECT s.period, a.period, count(*) FROM ${start}${suffix} s JOIN active${suffix} a ON s.user_id = a.user_id`
    const group = 'GROUP BY s.period, a.period'
    return [
      { name: `join ${order}`, sql: `${join} WHERE a.period >= s.period ${group}` },
      // Without the condition the join need not look at it, and where nobody is active before signing up nothing is lost.
      { name: `join ${order}, all periods`, sql: `${join} ${group}` },
    ]
  })
  return [...joins, { name: 'bitmaps', sql: bitmaps(start, users) }]
}

/** DuckDB's own bitmaps, made in the query. */
function bitmaps(start: Start, users: number): string {
  const made = (table: string) =>
    `SELECT period, bitstring_agg(user_id, 0, ${users - 1}) AS users FROM ${table} GROUP BY period`
  return `
    WITH a AS MATERIALIZED (${made('active')}),
      s AS MATERIALIZED (${start === 'active' ? 'SELECT * FROM a' : made(start)})
    SELECT s.period, a.period, bit_count(s.users & a.users) FROM s JOIN a ON a.period >= s.period`
}

/** (row, last period in which the users of the row were active, users): the counts are sums over the later ones. */
export function lastFormulations(start: Start): readonly Formulation[] {
  return ['_by_user', ''].map((suffix) => ({
    name: suffix === '' ? 'last period, by period' : 'last period, by user',
    sql: `
      SELECT s.period, l.last, count(*) FROM ${start}${suffix} s
      JOIN (SELECT user_id, max(period) AS last FROM active${suffix} GROUP BY user_id) l ON s.user_id = l.user_id
      GROUP BY s.period, l.last`,
  }))
}

/** (days, users): how many users are in exactly so many periods. */
export function stickinessFormulations(): readonly Formulation[] {
  return ['_by_user', ''].map((suffix) => ({
    name: suffix === '' ? 'GROUP BY user, by period' : 'GROUP BY user, by user',
    sql: `
      SELECT days, count(*) FROM (SELECT count(*) AS days FROM active${suffix} GROUP BY user_id) GROUP BY days`,
  }))
}

export function membersSql(row: number, column: number): string {
  return `
    SELECT s.user_id FROM active s JOIN active a ON s.user_id = a.user_id
    WHERE s.period = ${row} AND a.period = ${column} ORDER BY s.user_id`
}
