/**
 * `machines/RULES.md`: every rule with its sentence, the rows that implement it and its tests. `npm run rules` writes
 * the file. A test fails if it is not up to date.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CONTRACT } from '../../machines/contract.ts'
import { RULES, type Rule, type RuleId } from '../../machines/rules.ts'
import { ANY, charts, type Row } from '../../src/inspect/diagram/index.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const PAGE = join(ROOT, 'machines/RULES.md')

export interface ChartRow extends Row {
  readonly machine: string
}

/** Every row of every chart. */
export const chartRows = (): readonly ChartRow[] =>
  [...charts()].flatMap(([machine, { rows }]) => rows.map((row) => ({ ...row, machine })))

const RULE_LIST: readonly (readonly [string, Rule])[] = Object.entries(RULES)
const isRule = (id: string): id is RuleId => id in RULES

/** Ids in the order of the tables. */
export const ruleIds = (): readonly RuleId[] => Object.keys(RULES).filter(isRule)

/** Matches a citation of a rule in a test: `A7`, `ruling 32`, `user 5.5`. */
function citation(id: string): RegExp {
  const part = /^(media|user|dialog|notifications) ([\d.]+)$/.exec(id)
  if (!part) return new RegExp(`\\b${id}\\b`, 'i')
  const [, document = '', number = ''] = part
  const dots = number.replaceAll('.', '\\.')
  // The row tests cite a part of `media` by its number alone.
  const alone = document === 'media' ? `|holds\\(\\s*\\[[^\\]]*'${dots}'` : ''
  return new RegExp(`\\b${document} ${dots}(?![.\\d])${alone}`)
}

const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(test|rows)\.ts$/.test(name))
  .sort()
  .map((name) => ({ name: `test/${name}`, text: readFileSync(join(ROOT, 'test', name), 'utf8') }))

/** Row tests come first, because they test a rule as clients see it, then tests of the machines, then all others. */
const rank = (name: string): number => (name.endsWith('.rows.ts') ? 0 : name.startsWith('test/machines') ? 1 : 2)

/** The test files that cite a rule. Only those of the first kind that has any. */
export function testsOf(id: string): readonly string[] {
  const cited = citation(id)
  const naming = tests.filter(({ text }) => cited.test(text)).map(({ name }) => name)
  const best = Math.min(...naming.map(rank))
  return naming.filter((name) => rank(name) === best)
}

const placeOf = ({ machine, from, event, guard }: ChartRow): string =>
  `\`${machine}\` ${from === ANY ? 'any state' : from}, ${event === '' ? 'at once' : event}${guard ? ` [${guard.name}]` : ''}`

function keptBy(id: string, { heldBy, absent }: Rule, rows: readonly ChartRow[]): string {
  if (absent !== undefined) return `nothing: ${absent}`
  const places = [...new Set(rows.filter(({ rules }) => rules.includes(id)).map(placeOf))]
  return [...(heldBy === undefined ? [] : [`\`${heldBy}\``]), ...places].join('<br>')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

export function rulesPage(): string {
  const rows = chartRows()
  const lines = RULE_LIST.map(([id, rule]) => {
    const held = testsOf(id)
      .map((name) => `\`${name}\``)
      .join('<br>')
    return `| <a id="${id.toLowerCase().replaceAll(' ', '-')}"></a>${id} | ${cell(rule.text)} | ${cell(keptBy(id, rule, rows))} | ${held} |`
  })
  const own = rows
    .filter(({ rules }) => rules.length === 0)
    .map((row) => `| ${cell(placeOf(row))} | ${cell(row.description)} |`)
  return [
    '# The rules',
    '',
    '`npm run rules` writes this page from [`rules.ts`](rules.ts), the charts and the tests. A test fails if it is not up to date. Explanations,',
    'the viewer and comments cite these ids. A, D, I, R, RV, S and P are media, dialogs, interrupts, the Start Timeout, sign-out and failures, U is',
    'the agent state, V is the call. `user 5.5` is a part of the contract. `ruling 32` is a decision where the contract leaves room.',
    '',
    '| Rule | In one sentence | Implemented by | Tests |',
    '|---|---|---|---|',
    ...lines,
    '',
    "## The machines' own work",
    '',
    'Rows that no rule requires.',
    '',
    '| Row | Purpose |',
    '|---|---|',
    ...new Set(own),
    '',
    '## Parts of the contract',
    '',
    'Parts that are cited and are not rules: forms on the wire, operations, and decisions that no row implements.',
    '',
    '| Part | Subject |',
    '|---|---|',
    ...[...CONTRACT].map(([id, about]) => `| ${id} | ${cell(about)} |`),
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(PAGE, rulesPage())
  process.stdout.write(`${PAGE}\n`)
}
