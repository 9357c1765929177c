/** A store in PostgreSQL as the source or the target. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { within } from '../../waiting/within.ts'
import { StoreError } from '../errors.ts'
import type { Address } from '../postgres/address.ts'
import type { Connection } from '../postgres/driver.ts'
import { toStoreError } from '../postgres/errors.ts'
import type { Given } from '../postgres/options.ts'
import { readLease } from '../postgres/owner.ts'
import { readEnds, type StoredEnds } from '../postgres/rows.ts'
import { checkReadable, prepareSchema } from '../postgres/schema.ts'
import { openConnection } from '../postgres/session.ts'
import type { Source, Target } from './copy.ts'
import { orderOf, type Row, TABLES, type Table, type TableName, type Value, value } from './tables.ts'

/** Rows of a page. */
const ROWS = 128

const TEXTS = [
  'aggregate',
  'outcome',
  'input',
  'error',
  'origin',
  'made',
  'machine',
  'state',
  'lane',
  'kind',
  'payload',
]
const NAMES = ['name', 'collection', 'key', 'value']
const typeOf = (column: string) => (TEXTS.includes(column) || NAMES.includes(column) ? 'text' : 'bigint')

const countRow = z.object({ value: z.number() })
const named = z.record(z.string(), value)

/**
 * Runs `work` on a store that no process has open. None can open it meanwhile. It is not changed.
 *
 * @throws StoreError
 */
export function fromPostgres<T>(address: Address, given: Given, work: (source: Source) => Promise<T>): Promise<T> {
  return onServer(address, { ...given, acceptUnreplicated: true }, async ({ connection }) => {
    await checkReadable(connection, address, given.schema)
    await refuseUsed(connection, address)
    await connection.script('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await connection.script('LOCK TABLE store, lease IN SHARE MODE')
    await refuseUsed(connection, address)
    const result = await work(sourceOn(connection, address))
    await connection.script('COMMIT')
    return result
  })
}

/**
 * Runs `work` on an empty store; its schema and tables are made if they are missing. Everything that `work` writes is in
 * one transaction. A process that opened the store before, and has lost its lease, cannot change it afterwards.
 *
 * @throws StoreError `FAILED` when the store is not empty
 */
export function toPostgres<T>(address: Address, given: Given, work: (target: Target) => Promise<T>): Promise<T> {
  return onServer(address, given, async ({ connection, isInDoubt }) => {
    await confirmed(address, given, prepareSchema(connection, address, given.schema))
    await refuseUsed(connection, address)
    await connection.script('BEGIN')
    await connection.script('LOCK TABLE store, lease IN EXCLUSIVE MODE')
    await refuseUsed(connection, address)
    await refuseFilled(connection, address, given.schema)
    const result = await work(targetOn(connection, address))
    await confirmed(address, given, connection.script('COMMIT'))
    if (isInDoubt()) throw unconfirmed(address)
    return result
  })
}

/** Waits for a commit, which waits for a standby. */
async function confirmed(address: Address, given: Given, commit: Promise<void>): Promise<void> {
  commit.catch(() => undefined)
  if (!(await within(given.connectWithin, commit))) throw unconfirmed(address)
}

function unconfirmed({ shown }: Address): StoreError {
  const message = `${shown}: no standby confirms what was written; see pg_stat_replication, and begin again`
  return new StoreError('UNREACHABLE', message)
}

interface Opened {
  readonly connection: Connection
  /** See `Session.isInDoubt`. */
  isInDoubt(): boolean
}

/** A transaction that is not committed ends with the connection. */
async function onServer<T>(address: Address, given: Given, work: (opened: Opened) => Promise<T>): Promise<T> {
  let connection: Connection | undefined
  let inDoubt = false
  try {
    connection = await openConnection(address, given, () => {
      inDoubt = true
    })
    const result = await work({ connection, isInDoubt: () => inDoubt })
    await connection.close()
    return result
  } catch (error) {
    connection?.destroy()
    throw toStoreError(error, address.shown, 'FAILED')
  }
}

/** Waits once for the end of a lease. Only a living owner renews it meanwhile. @throws StoreError `IN_USE` */
async function refuseUsed(connection: Connection, { shown }: Address): Promise<void> {
  const { left } = await readLease(connection)
  if (left <= 0) return
  await pause(left + 10)
  const other = await readLease(connection)
  if (other.left > 0) throw new StoreError('IN_USE', `${shown} is open: ${other.holder} has it; stop it first`)
}

async function refuseFilled(connection: Connection, { shown }: Address, schema: string): Promise<void> {
  const { lastPosition, lastOutboxNumber } = await readEnds(connection)
  let isEmpty = lastPosition === 0 && lastOutboxNumber === 0
  for (const { name } of TABLES)
    isEmpty &&= (await connection.query(`SELECT 1 AS one FROM ${name} LIMIT 1`)).length === 0
  if (isEmpty) return
  const remedy = `use another database or schema, or remove this one with DROP SCHEMA "${schema}" CASCADE`
  throw new StoreError('FAILED', `${shown}: the schema ${schema} is not empty; ${remedy}`)
}

function sourceOn(connection: Connection, { shown }: Address): Source {
  return {
    shown,
    readEnds: () => readEnds(connection),
    count: async ({ name }) =>
      countRow.parse((await connection.query(`SELECT count(*) AS value FROM ${name}`))[0]).value,
    pages: (table) => pagesOf(connection, table),
  }
}

function targetOn(connection: Connection, address: Address): Target {
  return {
    ...sourceOn(connection, address),
    async write(table, rows) {
      const { name, columns } = table
      const objects = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
      await connection.query(INSERTS[name], [JSON.stringify(objects)])
    },
    async writeEnds({ history, lastPosition, lastOutboxNumber }: StoredEnds) {
      await connection.query(WRITE_ENDS, [history, lastPosition, lastOutboxNumber])
      await connection.query(FORGET_OWNER)
      await connection.query(CONTINUE_NUMBERS)
    },
  }
}

/** Without an owner and with the next epoch, so that nothing of a former owner is accepted. */
const WRITE_ENDS = `
  UPDATE store SET history = $1, last_position = $2, last_outbox_number = $3, epoch = epoch + 1, owner = ''`
const FORGET_OWNER = `UPDATE lease SET owner = ''`

const CONTINUE_NUMBERS = `
  SELECT setval(pg_get_serial_sequence('snapshot', 'number'), greatest(1, max(number)), max(number) IS NOT NULL)
  FROM snapshot`

/**
 * A data file does not know the position of a snapshot. It is that of its last input. The rows of older ones are gone:
 * these are before every row.
 */
const POSITION_OF_SNAPSHOT = `
  coalesce((SELECT journal.position FROM journal
    WHERE journal.aggregate = given.aggregate AND journal.sequence = given.sequence), 0)`

function insertOf({ name, columns }: Table): string {
  const given = columns.map((column) => `given.${column}`)
  const types = columns.map((column) => `${column} ${typeOf(column)}`).join(', ')
  const from = `FROM json_to_recordset($1::text::json) AS given(${types})`
  return name === 'snapshot'
    ? `INSERT INTO snapshot (${columns.join(', ')}, position) OVERRIDING SYSTEM VALUE
        SELECT ${given.join(', ')}, ${POSITION_OF_SNAPSHOT} ${from}`
    : `INSERT INTO ${name} (${columns.join(', ')}) SELECT ${given.join(', ')} ${from}`
}

const INSERTS: Readonly<Record<TableName, string>> = {
  aggregate: '',
  journal: '',
  snapshot: '',
  outbox: '',
  record: '',
  ...Object.fromEntries(TABLES.map((table) => [table.name, insertOf(table)])),
}

async function* pagesOf(connection: Connection, table: Table): AsyncGenerator<readonly Row[]> {
  const { name, columns, keys } = table
  const select = `SELECT ${columns.join(', ')} FROM ${name}`
  const order = `ORDER BY ${orderOf(table)} LIMIT ${ROWS}`
  const places = keys === 1 ? '$1' : '$1, $2'
  for (let after: readonly Value[] | undefined; ; ) {
    const where = after === undefined ? '' : `WHERE (${orderOf(table)}) > (${places})`
    const found = await connection.query(`${select} ${where} ${order}`, after ?? [])
    const page = found.map((row) => rowOf(table, row))
    if (page.length > 0) yield page
    if (page.length < ROWS) return
    after = page.at(-1)?.slice(0, keys)
  }
}

function rowOf({ columns }: Table, found: Readonly<Record<string, unknown>>): Row {
  const row = named.parse(found)
  return columns.map((column) => row[column] ?? null)
}
