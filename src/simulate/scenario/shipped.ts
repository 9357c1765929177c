/** The scenarios that are part of the package. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { closest } from './closest.ts'

const FOLDER = new URL('../scenarios/', import.meta.url)

/** Names of the shipped scenarios, in order. */
export function shippedScenarios(): readonly string[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
  return files.map((name) => name.replace(/\.yaml$/, '')).sort()
}

/** Why a scenario cannot be read, with the shipped one that was probably meant. */
export function whyNot(nameOrFile: string, error: unknown): string {
  const meant = closest(nameOrFile, shippedScenarios())
  if (meant !== undefined && !/[./\\]/.test(nameOrFile))
    return `is no file and no shipped scenario. Did you mean ${meant}?`
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
}

/** Name and title of each shipped scenario, in order. */
export async function shippedTitles(): Promise<readonly { readonly name: string; readonly title: string }[]> {
  return Promise.all(
    shippedScenarios().map(async (name) => {
      const text = await readFile(new URL(`${name}.yaml`, FOLDER), 'utf8')
      const line = text.split('\n').find((each) => each.startsWith('title:')) ?? ''
      return { name, title: line.slice('title:'.length).trim() }
    }),
  )
}

/** Path of a shipped scenario; `undefined` if there is none of this name. */
export function shippedScenario(name: string): string | undefined {
  if (!/^[\w-]+$/.test(name)) return undefined
  const file = fileURLToPath(new URL(`${name}.yaml`, FOLDER))
  return existsSync(file) ? file : undefined
}
