/** Writes a recording as the text of a scenario file. */
import { printDuration } from '../scenario/time.ts'
import type { Line } from './lines.ts'

export interface Written {
  /** Milliseconds since 1970 UTC. */
  readonly start: number
  readonly end: number
  readonly directory: Readonly<Record<string, unknown>>
  readonly users: readonly string[]
  readonly script: readonly Line[]
  readonly expect: readonly Line[]
  readonly totals: readonly Line[]
  /** Whether something was under way at the beginning of the recorded part. */
  readonly hasBeginning: boolean
  /** What the file does not contain. */
  readonly notes: readonly string[]
}

const DURATION_MIN = 1000

/** Gives the contacts their names, in the order of their arrival. */
export function nameContacts(script: readonly Line[]): void {
  const counts = new Map<string, number>()
  for (const { contact, fields } of script) {
    if (!contact || (fields.do !== 'task' && fields.do !== 'call')) continue
    const count = (counts.get(contact.base) ?? 0) + 1
    counts.set(contact.base, count)
    contact.key = `${contact.base}#${count}`
  }
}

/** The lines of the file, without line ends. */
export function* written(recording: Written): Generator<string> {
  const { start, end, directory, users, script, expect, totals, notes } = recording
  const [from, to] = [new Date(start).toISOString(), new Date(end).toISOString()]
  yield `# Recorded from a journal: ${from} to ${to}.`
  yield '# Names, numbers and values of people are replaced. To play it: mrdian simulate FILE'
  if (recording.hasBeginning) {
    yield '# What was under way at the beginning is played first. If the simulation then differs from the'
    yield '# journal, expectations fail.'
  }
  if (notes.length > 0) yield '# Not in this file:'
  for (const note of notes) yield `#   ${note}`
  yield 'version: 1'
  yield `title: ${flow(`Recorded ${from} to ${to}`)}`
  yield `start: ${from}`
  yield `duration: ${duration(Math.max(DURATION_MIN, end - start))}`
  yield 'directory:'
  yield '  inline:'
  for (const [key, value] of Object.entries(directory)) {
    if (!Array.isArray(value)) {
      yield `    ${key}: ${flow(value)}`
      continue
    }
    yield value.length === 0 ? `    ${key}: []` : `    ${key}:`
    for (const each of value) yield `      - ${flow(each)}`
  }
  yield 'agents:'
  yield `  - { name: recorded, scripted: true, users: ${flow(users)} }`
  yield script.length === 0 ? 'script: []' : 'script:'
  for (const line of script) yield `  - ${entry(line, start)}`
  yield 'expect:'
  for (const line of expect) yield `  - ${entry(line, start)}`
  for (const { fields } of totals) yield `  - ${flow(fields)}`
}

const duration = (ms: number) => printDuration(ms).replaceAll(' ', '')

function entry({ at, contact, fields }: Line, start: number): string {
  const { do: does, ...rest } = fields
  return flow({ at: duration(at - start), do: does, contact: contact?.key, ...rest })
}

/**
 * Strings that need no quotes in YAML, because they are not numbers. `RESERVED`: those that would be booleans or null.
 */
const PLAIN = /^[A-Za-z][\w.#-]*$/
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n)$/i
/** A duration such as `1m30s`. It needs no quotes. */
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const inner = Object.entries(value).flatMap(([key, each]) =>
      each === undefined ? [] : `${flow(key)}: ${flow(each)}`,
    )
    return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`
  }
  if (typeof value !== 'string') return String(value)
  return (PLAIN.test(value) && !RESERVED.test(value)) || DURATION.test(value) ? value : JSON.stringify(value)
}
