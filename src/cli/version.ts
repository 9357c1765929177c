/** The version of this package. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const packageFile = z.object({ name: z.string(), version: z.string() })

/** From the nearest `package.json` of the name above this file: sources and `dist` lie at different depths. */
export function version(): string {
  for (const up of ['../..', '../../..']) {
    const file = fileURLToPath(new URL(`${up}/package.json`, import.meta.url))
    if (!existsSync(file)) continue
    const parsed = packageFile.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    if (parsed.success && parsed.data.name === 'mrdian') return parsed.data.version
  }
  return 'unknown'
}
