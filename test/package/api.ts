/**
 * The report of the public API: every name of every entry of `exports` with its declaration. `npm run api` writes it to
 * `api.md`, so that the diff of a change shows what changes for embedders.
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
/** The longest declaration in characters. Longer ones, such as the types of machines, are replaced by a hash. */
const READABLE = 6000

/** The report of the package in this folder, which must have been built. */
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

/** Writes the report. With `--check` it writes nothing, and a report that differs from the package is an error. */
function main(isCheck: boolean): void {
  const api = apiOf(ROOT)
  if (!isCheck) {
    writeFileSync(REPORT, api)
    process.stdout.write(`${REPORT}\n`)
  } else if (readFileSync(REPORT, 'utf8') !== api) {
    process.stderr.write('test/package/api.md is stale: run `npm run api` and check what changes for embedders\n')
    process.exitCode = 1
  }
}

if (import.meta.main) main(process.argv.includes('--check'))
