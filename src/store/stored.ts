/** Rows in the form in which both stores keep them: JSON values are text. */
import { z } from 'zod'
import type { JournalRow, OutboxRow, SnapshotRow } from '../engine/ports.ts'
import { StoreError } from './errors.ts'
import { fromText } from './json.ts'

/** A row whose JSON column is text. */
type Stored<Row, Column extends keyof Row> = Omit<Row, Column> & { readonly [key in Column]: string }

export type StoredJournal = Omit<Stored<JournalRow, 'input'>, 'origin'> & { readonly origin: string | null }
export type StoredSnapshot = Stored<SnapshotRow, 'state'>
export type StoredOutbox = Stored<OutboxRow, 'payload'>

/** Unknown fields are dropped, because an earlier version stored those of its caller. */
const originValue = z.object({
  via: z.enum(['rest', 'board', 'acd-control', 'xmpp', 'acd', 'finesse', 'api', 'engine']),
  by: z.string().optional(),
  request: z.string().optional(),
  missed: z.object({ from: z.number(), to: z.number() }).optional(),
  once: z
    .object({
      key: z.string(),
      salt: z.string(),
      request: z.string(),
      left: z.string().optional(),
      answer: z
        .object({
          isUnderWay: z.literal(true).optional(),
          refused: z
            .object({
              code: z.string(),
              about: z.string(),
              state: z.string().optional(),
              allowed: z.array(z.string()).optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
})

/** `what` names the row in an error. @throws StoreError `CORRUPT` */
export function toJournalRow(stored: StoredJournal, what: string): JournalRow {
  return { ...stored, input: fromText(stored.input, `${what}: input`), origin: toOrigin(stored.origin, what) }
}

/** `what` names the row in an error. @throws StoreError `CORRUPT` */
export function toSnapshotRow(stored: StoredSnapshot, what: string): SnapshotRow {
  return { ...stored, state: fromText(stored.state, `${what}: state`) }
}

/** `what` names the row in an error. @throws StoreError `CORRUPT` */
export function toOutboxRow(stored: StoredOutbox, what: string): OutboxRow {
  return { ...stored, payload: fromText(stored.payload, `${what}: payload`) }
}

function toOrigin(text: string | null, what: string): JournalRow['origin'] {
  if (text === null) return null
  const parsed = originValue.safeParse(fromText(text, `${what}: origin`))
  if (!parsed.success) throw new StoreError('CORRUPT', `${what}: origin is not valid`, { cause: parsed.error })
  const { via, by, request, missed, once } = parsed.data
  return {
    via,
    ...(by === undefined ? {} : { by }),
    ...(request === undefined ? {} : { request }),
    ...(missed === undefined ? {} : { missed }),
    ...(once === undefined ? {} : { once }),
  }
}
