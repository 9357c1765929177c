/** The generated table of rows in the README of `src/rest`. */
import { ROWS, type Row } from './catalogue.ts'
import { listedRows, missedRows } from './registry.ts'

const BEGIN = '<!-- rows:begin -->'
const END = '<!-- rows:end -->'

/** Number of titles in a cell. The others are counted. */
const SHOWN = 2

/** Escapes characters that would end a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function testsOf(id: string): string {
  const titles = listedRows()
    .filter(({ rows }) => rows.includes(id))
    .map(({ title }) => title)
  const more = titles.length - SHOWN
  return cell(titles.slice(0, SHOWN).join('; ')) + (more > 0 ? ` (+${more})` : '')
}

/** The verdict with its reason. With a `misses` test it is at most `partial`. */
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

/** The README with this table. Throws if it has no markers. */
export function withTable(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`the README has no ${BEGIN} … ${END}`)
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`
}
