/** The version of this package. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The version in the nearest `package.json` of mrdian above this file. Sources and `dist` have different depths. */
export function version(): string {
  for (const up of ['../..', '../../..']) {
    const file = fileURLToPath(new URL(`${up}/package.json`, import.meta.url))
    if (!existsSync(file)) continue
    const version = versionIn(JSON.parse(readFileSync(file, 'utf8')))
    if (version !== undefined) return version
  }
  return 'unknown'
}

/** Checked without zod, because every command needs the version and zod takes longer to load than a small command. */
function versionIn(file: unknown): string | undefined {
  if (typeof file !== 'object' || file === null || !('name' in file) || !('version' in file)) return undefined
  return file.name === 'mrdian' && typeof file.version === 'string' ? file.version : undefined
}
