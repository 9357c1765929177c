/** The scenarios that are part of the package. */
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = new URL('../scenarios/', import.meta.url)

/** Names of the shipped scenarios, in order. */
export function shippedScenarios(): readonly string[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
  return files.map((name) => name.replace(/\.yaml$/, '')).sort()
}

/** Path of a shipped scenario; `undefined` if there is none of this name. */
export function shippedScenario(name: string): string | undefined {
  if (!/^[\w-]+$/.test(name)) return undefined
  const file = fileURLToPath(new URL(`${name}.yaml`, FOLDER))
  return existsSync(file) ? file : undefined
}
