/** The version of this package. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** From the nearest `package.json` of the name above this file: sources and `dist` lie at different depths. */
export function version(): string {
  for (const up of ['../..', '../../..']) {
    const file = fileURLToPath(new URL(`${up}/package.json`, import.meta.url))
    if (!existsSync(file)) continue
    const version = versionIn(JSON.parse(readFileSync(file, 'utf8')))
    if (version !== undefined) return version
  }
  return 'unknown'
}

/** By hand: every command asks, and zod takes longer to load than all else of a small one. */
function versionIn(file: unknown): string | undefined {
  if (typeof file !== 'object' || file === null || !('name' in file) || !('version' in file)) return undefined
  return file.name === 'mrdian' && typeof file.version === 'string' ? file.version : undefined
}
