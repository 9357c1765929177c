/** Checks a data file for damage. */
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import { onOneLine, toStoreError } from './errors.ts'
import { unpacked } from './packed.ts'

const answers = z.array(z.record(z.string(), z.string()))
const rows = z.array(z.object({ what: z.string() }))

/**
 * Queries that return damaged rows. They are needed because SQLite's own checks do not validate JSON, and do not know
 * that sequence numbers have no gaps.
 */
const CONTENT = [
  `SELECT 'journal row ' || position || ' is not readable' AS what FROM journal NOT INDEXED
    WHERE NOT json_valid(unpacked(input)) OR NOT coalesce(json_valid(unpacked(origin)), 1) OR at < 0 OR instr(aggregate, char(0)) > 0
      OR instr(coalesce(error, ''), char(0)) > 0 OR instr(coalesce(made, ''), char(0)) > 0`,
  `SELECT 'snapshot ' || number || ' is not readable' AS what FROM snapshot NOT INDEXED
    WHERE NOT json_valid(unpacked(state)) OR at < 0 OR instr(machine, char(0)) > 0 OR instr(aggregate, char(0)) > 0`,
  `SELECT 'outbox row ' || number || ' is not readable' AS what FROM outbox NOT INDEXED
    WHERE NOT json_valid(payload) OR instr(lane, char(0)) > 0`,
  `SELECT 'a record is not readable' AS what FROM record
    WHERE NOT json_valid(value) OR instr(key, char(0)) > 0 OR instr(collection, char(0)) > 0`,
  `SELECT 'the journal of ' || aggregate || ' has gaps' AS what FROM journal
    GROUP BY aggregate HAVING count(*) <> max(sequence) - min(sequence) + 1`,
  `SELECT 'a row of ' || "table" || ' names an unknown aggregate' AS what FROM pragma_foreign_key_check`,
]

/** `quick`: checks only the structure, in a tenth of the time. */
export type Depth = 'all' | 'quick'

/**
 * Checks the whole file as the connection sees it: first the structure, then every row, then whether indexes and tables
 * agree. Returns a description of the first problem; `undefined` when there is none. The description contains no values
 * of rows.
 */
export function damageOf(database: DatabaseSync, depth: Depth = 'all'): string | undefined {
  try {
    const structure = structureOf(database, 'quick_check')
    if (structure !== undefined || depth === 'quick') return structure
    return contentOf(database) ?? structureOf(database, 'integrity_check')
  } catch (error) {
    return toStoreError(error, 'the file', 'CORRUPT').message
  }
}

/** The error for an operator: what is damaged and what to do. */
export function damaged(file: string, finding: string): StoreError {
  const remedy = `stop the server, save what can be read with mrdian rescue ${file} TARGET, and start on the target`
  return new StoreError('CORRUPT', `${file} is damaged (${finding}): ${remedy}`)
}

function structureOf(database: DatabaseSync, check: 'quick_check' | 'integrity_check'): string | undefined {
  const answer = answers.parse(database.prepare(`PRAGMA ${check}(1)`).all())[0]?.[check] ?? 'ok'
  return answer === 'ok' ? undefined : onOneLine(answer)
}

function contentOf(database: DatabaseSync): string | undefined {
  // A damaged column may have a value of another type.
  database.function('unpacked', { deterministic: true }, (value) =>
    typeof value === 'string' ? unpacked(value) : value,
  )
  for (const query of CONTENT) {
    const [first] = rows.parse(database.prepare(`${query} LIMIT 1`).all())
    if (first !== undefined) return first.what
  }
  return undefined
}
