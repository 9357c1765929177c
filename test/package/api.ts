/**
 * What the package offers, as text: every name that an entry of `exports` has, with its declaration. `npm run api` writes
 * it to `api.md`; whoever changes it sees in the difference what embedders will see.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { namesOf } from './api-names.ts'

export const REPORT = fileURLToPath(new URL('api.md', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MANIFEST = z.object({ exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string() })])) })
/** What XState infers of a machine is longer than a book; of that, a fingerprint. In characters. */
const READABLE = 6000

/** Of the package in the folder, which has been built. */
export function apiOf(folder: string): string {
  const { exports } = MANIFEST.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const parts = Object.entries(exports).flatMap(([entry, target]) =>
    typeof target === 'string' ? [] : [`## mrdian${entry.slice(1)}\n\n${textOf(join(folder, target.types))}`],
  )
  return `# What the package offers\n\nWritten by \`npm run api\`.\n\n${parts.join('\n')}`
}

function textOf(declarations: string): string {
  const names = [...namesOf(declarations)].sort(([a], [b]) => (a < b ? -1 : 1))
  return names.map(([name, text]) => `### ${name}\n\n\`\`\`ts\n${readable(text)}\n\`\`\`\n`).join('\n')
}

function readable(text: string): string {
  if (text.length <= READABLE) return text
  const [first] = text.split('\n')
  return `${first?.slice(0, 200)} … // sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}

/** With `--check` nothing is written: a report that is not that of the package is an error. */
function main(isCheck: boolean): void {
  const api = apiOf(ROOT)
  if (!isCheck) {
    writeFileSync(REPORT, api)
    process.stdout.write(`${REPORT}\n`)
  } else if (readFileSync(REPORT, 'utf8') !== api) {
    process.stderr.write('test/package/api.md is stale: run `npm run api`, and look at what embedders will see\n')
    process.exitCode = 1
  }
}

if (import.meta.main) main(process.argv.includes('--check'))
