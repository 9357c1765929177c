/** The figures as a page in the folder of these tests. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from './report.ts'

const FIGURES_FILE = 'test/mutation/figures.md'

export function figuresPage({ figures }: Report, date: string): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const [heads = [], ...rows] = figures
  const rule = heads.map((_, at) => (at === 0 ? '---' : '---:'))
  return `# Results of mutation testing

Written by \`npm run mutate -- --figures\` on ${date}. The column of a mutant is the first stage that notices it. \`reason\`:
no stage notices it, and [\`survivors.json\`](survivors.json) has the reason.

${[heads, rule, ...rows].map(line).join('\n')}
`
}

export function writeFigures(root: string, report: Report): void {
  writeFileSync(join(root, FIGURES_FILE), figuresPage(report, new Date().toISOString().slice(0, 10)))
}
