/** What `npm run bench` measures, and how it is shown and judged. */

/** One measured figure. */
export interface Figure {
  readonly what: string
  readonly value: number
  /** Of `value`; '' if `what` says it. */
  readonly unit: string
  /** What `ratio` compares with: measured in the same run, or a bound. */
  readonly reference?: string
  /** `value` as a multiple of the reference. Ratios can be compared between machines. */
  readonly ratio?: number
  /** The most that `--check` allows for the ratio, or for the value if there is no ratio. Absent: only shown. */
  readonly must?: number
  /** What we want to reach. */
  readonly aim?: number
}

/** The figures of one row. */
export interface Measured {
  readonly row: string
  readonly seconds: number
  readonly figures: readonly Figure[]
}

const judged = ({ value, ratio }: Figure): number => ratio ?? value

/** Those that are worse than they must be. */
export const failing = (rows: readonly Measured[]): readonly Figure[] =>
  rows.flatMap(({ figures }) => figures.filter((each) => each.must !== undefined && judged(each) > each.must))

const short = (value: number | undefined): string => {
  if (value === undefined) return ''
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}

/** A table in Markdown, which is readable as text too. */
export function markdown(rows: readonly Measured[]): string {
  const head = ['row', 'what', 'here and now', 'reference', 'ratio', 'must', 'aim']
  const cells = rows.flatMap(({ row, figures }) =>
    figures.map((each) => [
      row,
      each.what,
      `${short(each.value)} ${each.unit}`.trim(),
      each.reference ?? '',
      short(each.ratio),
      short(each.must),
      short(each.aim),
    ]),
  )
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`
  return [head, widths.map((width) => '-'.repeat(width)), ...cells].map(line).join('')
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [a = Number.NaN, b = a] = sorted.length % 2 === 0 ? sorted.slice(middle - 1) : sorted.slice(middle)
  return sorted.length % 2 === 0 ? (a + b) / 2 : a
}
