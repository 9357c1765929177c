/** Prints a journal row as one line for people. */
import { isList, isObject, type JsonObject } from '../engine/json.ts'
import type { JournalRow, Json } from '../engine/ports.ts'
import { withoutPersonal } from './personal.ts'

/** The row with all personal values hidden. */
export const withoutPeople = (row: JournalRow): JournalRow => ({ ...row, input: withoutPersonal(row.input) })

/** Time (ISO), position, aggregate with the sequence number, input, source, created id, and error. */
export function journalLine(row: JournalRow): string {
  const { position, aggregate, sequence, at, outcome, error, made } = row
  return [
    new Date(at).toISOString(),
    `#${position}`.padStart(7),
    `${aggregate}:${sequence}`.padEnd(16),
    inputText(row.input),
    ...sourceOf(row),
    ...(made === null ? [] : [`-> ${made}`]),
    ...(outcome === 'failed' ? [`FAILED: ${oneLine(error ?? 'unknown reason')}`] : []),
  ].join(' ')
}

function sourceOf({ origin, cause }: JournalRow): readonly string[] {
  if (cause !== null) return [`(because of #${cause})`]
  if (origin === null) return []
  const { via, by, request } = origin
  const parts = [
    via,
    ...(by === undefined ? [] : [by]),
    ...(request === undefined ? [] : [`request ${oneLine(request)}`]),
  ]
  return [`(${parts.join(', ')})`]
}

/** The kind of an input and its plain values. Of lists only the length is shown, of objects nothing. */
function inputText(input: Json): string {
  if (!isObject(input)) return 'unreadable'
  const { kind, ...rest } = input
  const inner = [rest.event, rest.body, rest.fault].find(isObject)
  if (!inner) return words([kind, ...values(rest)])
  const { type, ...details } = inner
  return words([kind === 'message' ? `from ${rest.from}` : kind, type, ...values(details)])
}

const values = (of: JsonObject): readonly string[] =>
  Object.entries(of).flatMap(([key, value]) => {
    if (value === null || value === '') return []
    if (isList(value)) return value.length === 0 ? [] : [`${key}=[${value.length}]`]
    return [`${key}=${typeof value === 'object' ? '{…}' : oneLine(String(value))}`]
  })

const words = (parts: readonly (Json | undefined)[]): string => parts.map((part) => String(part ?? '')).join(' ')

/** Replaces line breaks and other white space by spaces, so that no value breaks the line. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')
