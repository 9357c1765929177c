/** The generated table of rows in the README of `src/rest`. */
import { ROWS, type Row } from './catalogue.ts'
import { listedRows, missedRows } from './registry.ts'

const BEGIN = '<!-- rows:begin -->'
const END = '<!-- rows:end -->'

/** So many titles stand in the table; the rest is counted. */
const SHOWN = 2

/** Nothing of a cell may end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function testsOf(id: string): string {
  const titles = listedRows()
    .filter(({ rows }) => rows.includes(id))
    .map(({ title }) => title)
  const more = titles.length - SHOWN
  return cell(titles.slice(0, SHOWN).join('; ')) + (more > 0 ? ` (+${more})` : '')
}

/** The verdict with its reason; what a test says is missing speaks against `supported`. */
function verdictOf({ id, verdict, reason }: Row): string {
  const missing = missedRows().flatMap(({ rows, title }) => (rows.includes(id) ? [`missing: ${title}`] : []))
  const shown = verdict === 'supported' && missing.length > 0 ? 'partial' : verdict
  return [shown, ...[reason, ...missing].filter((why) => why !== '').map(cell)].join('; ')
}

/** The section between the markers. */
export function rowTable(): string {
  const lines = ROWS.map((row) => `| ${row.id} | ${cell(row.rule)} | ${verdictOf(row)} | ${testsOf(row.id)} |`)
  return ['| Row | Rule | Verdict | Tests |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

/** The README with this table; throws when it has no place for it. */
export function withTable(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`the README has no ${BEGIN} … ${END}`)
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`
}
