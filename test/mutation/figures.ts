/** The figures as a page that is kept with the tests. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from './report.ts'

const FIGURES_FILE = 'test/mutation/figures.md'

export function figuresPage({ figures }: Report, date: string): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const [heads = [], ...rows] = figures
  const rule = heads.map((_, at) => (at === 0 ? '---' : '---:'))
  return `# What the mutants showed

Written by \`npm run mutate -- --figures\` on ${date}. Each column is the first stage that notices; \`reason\`: not noticed,
and listed in [\`survivors.json\`](survivors.json).

${[heads, rule, ...rows].map(line).join('\n')}
`
}

export function writeFigures(root: string, report: Report): void {
  writeFileSync(join(root, FIGURES_FILE), figuresPage(report, new Date().toISOString().slice(0, 10)))
}
