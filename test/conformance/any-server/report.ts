/** The table of a run: every row of the catalogue, and every kind of document, with its verdict. */
import { ROWS } from '../rows/catalogue.ts'
import type { Result, Verdict } from './run.ts'
import type { Shape } from './shapes.ts'

export interface RowReport {
  readonly row: string
  readonly rule: string
  readonly verdict: Verdict
  /** Numbers of tests. */
  readonly documented: number
  readonly differing: number
  readonly skipped: number
  readonly tests: readonly Result[]
}

/** A part of the contract that is no table of rows: what desktops read, refusals, sequences. */
export interface PartReport {
  readonly title: string
  readonly tests: readonly Result[]
}

export interface Report {
  readonly rows: readonly RowReport[]
  readonly parts: readonly PartReport[]
  readonly documents: readonly Shape[]
}

/** Why a row has no test here. */
export const NO_TEST =
  'its tests need faults, two sides or another clock, so they run only against a server of their own'

/** `only`: the rows that were asked for; all of them if it is empty. */
export function reportOf(
  results: readonly Result[],
  parts: readonly PartReport[],
  documents: readonly Shape[],
  only: readonly string[],
): Report {
  const wanted = ROWS.filter(({ id }) => only.length === 0 || only.includes(id))
  const rows = wanted.map(({ id, rule }) =>
    rowOf(
      id,
      rule,
      results.filter(({ rows }) => rows.includes(id)),
    ),
  )
  return { rows, parts, documents }
}

function rowOf(row: string, rule: string, tests: readonly Result[]): RowReport {
  const count = (verdict: Verdict) => tests.filter((test) => test.verdict === verdict).length
  const [documented, differing] = [count('as documented'), count('differs')]
  const verdict = differing > 0 ? 'differs' : documented > 0 ? 'as documented' : 'not testable here'
  return { row, rule, verdict, documented, differing, skipped: count('not testable here'), tests }
}

/** Does anything differ from the documents? */
export const differs = ({ rows, parts, documents }: Report): boolean =>
  rows.some(({ verdict }) => verdict === 'differs') ||
  parts.some(({ tests }) => tests.some(({ verdict }) => verdict === 'differs')) ||
  documents.some(({ differing }) => differing > 0)

/** The table for people. A test that checks several rows is explained at the first one. */
export function tableOf(report: Report): string {
  const width = Math.max(...report.rows.map(({ row }) => row.length), 3)
  const explained = new Set<Result>()
  const rows = report.rows.flatMap((row) => [
    `${row.row.padEnd(width)}  ${row.verdict.padEnd(17)}  ${countOf(row)}`,
    ...differencesOf(row, explained),
    ...reasonsOf(row),
  ])
  const documents = report.documents.flatMap(({ kind, seen, differing, difference }) => [
    `${(differing > 0 ? 'differs' : 'as documented').padEnd(17)}  ${kind} (${differing > 0 ? `${differing} of ` : ''}${seen})`,
    ...difference.map((line) => `    ${line}`),
  ])
  const sections = [
    ...(rows.length === 0 ? [] : [['Rows', '', ...rows, '']]),
    ...report.parts.map(({ title, tests }) => [title, '', ...tests.flatMap(lineOf), '']),
    ['Documents', '', ...documents, '', summaryOf(report)],
  ]
  return sections.flat().join('\n')
}

/** A test of a part, with the difference or the reason. */
const lineOf = ({ verdict, title, why }: Result): readonly string[] => [
  `${verdict.padEnd(17)}  ${title}`,
  ...(why === '' ? [] : why.split('\n').map((line) => `    ${line}`)),
]

function countOf({ documented, differing, skipped, tests }: RowReport): string {
  if (tests.length === 0) return NO_TEST
  const parts = [
    documented > 0 ? `${documented} as documented` : '',
    differing > 0 ? `${differing} differ` : '',
    skipped > 0 ? `${skipped} not testable here` : '',
  ]
  return `${tests.length} test${tests.length === 1 ? '' : 's'}: ${parts.filter((part) => part !== '').join(', ')}`
}

function differencesOf({ tests }: RowReport, explained: Set<Result>): readonly string[] {
  return tests.flatMap((test) => {
    if (test.verdict !== 'differs') return []
    if (explained.has(test)) return [`    ${test.title} (see ${test.rows[0]})`]
    explained.add(test)
    return [`    ${test.title}`, ...test.why.split('\n').map((line) => `      ${line}`)]
  })
}

/** Each reason once. */
function reasonsOf({ tests }: RowReport): readonly string[] {
  const reasons = new Set(tests.flatMap(({ verdict, why }) => (verdict === 'not testable here' ? [why] : [])))
  return [...reasons].map((why) => `    not testable here: ${why}`)
}

function summaryOf({ rows, parts, documents }: Report): string {
  const others = parts.flatMap(({ tests }) => tests)
  const differing = documents.filter((document) => document.differing > 0).length
  return [
    ...(rows.length === 0 ? [] : [`${rows.length} rows: ${countsOf(rows)}`]),
    ...(others.length === 0 ? [] : [`${others.length} other tests: ${countsOf(others)}`]),
    `${documents.length} kinds of documents: ${differing} differ`,
  ].join('; ')
}

function countsOf(all: readonly { readonly verdict: Verdict }[]): string {
  const count = (wanted: Verdict) => all.filter(({ verdict }) => verdict === wanted).length
  return (['as documented', 'differs', 'not testable here'] as const).map((each) => `${count(each)} ${each}`).join(', ')
}
