/** Damages data files; a seed chooses the place and the bytes. */
import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { JournalRow, Store } from '../../src/engine/ports.ts'
import { loadScenario, simulate } from '../../src/simulate/index.ts'
import { openHistory, rescue, StoreError, sqliteStore } from '../../src/store/index.ts'
import { Random } from '../crash/random.ts'
import { every } from './rows.ts'

const PAGE = 4096
const SECTOR = 512
const ENDS = ['', '-wal', '.commits'] as const

/** A data file that simulated agents have filled. */
export interface Original {
  readonly file: string
  /** Pages of indexes. */
  readonly indexPages: readonly number[]
  /** Everything that the interfaces of the store show, see `contentOf`. */
  readonly content: ReadonlyMap<string, string>
}

/** Makes a data file of which half is still in the log, as a killed server leaves it. */
export async function original(folder: string): Promise<Original> {
  const used = join(folder, 'used.db')
  await simulate(await loadScenario('interrupt'), { store: sqliteStore(used) })
  const store = sqliteStore(used)
  for (let n = 0; n < 40; n += 1) store.records.put('subscriptions', `user-${n}`, { node: `/finesse/api/User/${n}` })
  const { lastOutboxNumber } = await store.load()
  for (let n = 1; n <= 60; n += 1)
    await store.commit({
      journal: await failedInputs(store, 'user/1001', 1, 100 * (n % 9)),
      snapshots: [],
      // For side B, which does not exist here, so the notification stays undelivered.
      outbox: [{ number: lastOutboxNumber + n, lane: 'B:user/1001', kind: 'notification', payload: { n } }],
      delivered: n % 3 === 0 ? [lastOutboxNumber + n] : [],
      ended: [],
    })
  const content = await contentOf(store)
  const file = join(folder, 'original.db')
  for (const end of ENDS) copyFileSync(`${used}${end}`, `${file}${end}`)
  await store.close()
  return { file, content, indexPages: indexPagesOf(used) }
}

/** Failed inputs, which change no state. `length` is the length of the error text of each. */
export async function failedInputs(
  store: Store,
  aggregate: string,
  count: number,
  length: number,
): Promise<readonly JournalRow[]> {
  const { lastPosition } = await store.load()
  const last = (await every(store.history?.rows(aggregate, 0) ?? [])).at(-1)
  if (last === undefined) throw new Error(`nothing of ${aggregate}`)
  return Array.from({ length: count }, (_, index) => ({
    ...last,
    ...{
      position: lastPosition + 1 + index,
      sequence: last.sequence + 1 + index,
      cause: null,
      made: null,
      outbox: null,
    },
    ...{ outcome: 'failed', error: `made for a test ${'x'.repeat(length)}`, origin: { via: 'api' } },
  }))
}

function indexPagesOf(file: string): readonly number[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const query = `
    SELECT pageno AS page FROM dbstat WHERE name LIKE 'journal\\__%' ESCAPE '\\' OR name LIKE 'sqlite_autoindex%'`
  const pages = z.array(z.object({ page: z.number() })).parse(database.prepare(query).all())
  database.close()
  return pages.map(({ page }) => page)
}

/** The content of a store: JSON by the name of the row or of the query. */
export async function contentOf(
  store: Pick<Store, 'id' | 'load' | 'history' | 'records'>,
): Promise<ReadonlyMap<string, string>> {
  const content = new Map<string, string>()
  const put = (name: string, value: unknown) => content.set(name, JSON.stringify(value))
  const { snapshots, tail, outbox, lastPosition, lastOutboxNumber } = await store.load()
  put('present', { snapshots, tail, lastPosition, lastOutboxNumber, id: store.id })
  for (const row of outbox) put(`outbox ${row.number}`, row)
  for (const { key, value } of store.records.list('subscriptions')) put(`record ${key}`, value)
  const { history } = store
  if (history === undefined) return content
  for await (const row of history.all(0)) put(`journal ${row.position}`, row)
  for (const aggregate of await history.aggregates()) {
    put(`aggregate ${aggregate.name}`, aggregate)
    for await (const row of history.snapshots(aggregate.name)) put(`snapshot ${row.aggregate} ${row.sequence}`, row)
    put(
      `rows ${aggregate.name}`,
      (await every(history.rows(aggregate.name, 0))).map(({ position }) => position),
    )
  }
  for await (const row of history.all(0)) {
    put(
      `caused ${row.position}`,
      (await history.causedBy(row.position)).map(({ position }) => position),
    )
    if (row.made !== null) put(`made ${row.made}`, (await history.madeBy(row.made))?.position)
  }
  return content
}

/** A damage: its kind, and a page number or an offset. */
export interface Damage {
  readonly what: string
  readonly where: number
}

const fills = {
  zeros: (length: number) => Buffer.alloc(length),
  noise: (length: number, random: Random) => Buffer.from(Array.from({ length }, () => random.whole(256))),
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, bytes, 0, bytes.length, at)
  closeSync(descriptor)
}

function truncate(path: string, keep: (size: number) => number): number {
  const descriptor = openSync(path, 'r+')
  const length = keep(fstatSync(descriptor).size)
  ftruncateSync(descriptor, length)
  closeSync(descriptor)
  return length
}

const fillOf = (random: Random) => (random.whole(2) === 0 ? fills.zeros : fills.noise)

/** Kinds of damage. Each damages the file and returns where. */
const KINDS: Readonly<Record<string, (file: string, random: Random, original: Original) => number>> = {
  'a page': (file, random) => {
    const page = random.whole(statSync(file).size / PAGE)
    overwrite(file, page * PAGE, fillOf(random)(PAGE, random))
    return page + 1
  },
  'three pages in a row': (file, random) => {
    const page = random.whole(statSync(file).size / PAGE - 3)
    overwrite(file, page * PAGE, fillOf(random)(3 * PAGE, random))
    return page + 1
  },
  'a sector': (file, random) => {
    const sector = random.whole(statSync(file).size / SECTOR)
    overwrite(file, sector * SECTOR, fillOf(random)(SECTOR, random))
    return sector
  },
  'a page of an index': (file, random, { indexPages }) => {
    const page = indexPages[random.whole(indexPages.length)] ?? 1
    overwrite(file, (page - 1) * PAGE, fillOf(random)(PAGE, random))
    return page
  },
  'a sector of an index': (file, random, { indexPages }) => {
    const page = indexPages[random.whole(indexPages.length)] ?? 1
    const at = (page - 1) * PAGE + random.whole(PAGE / SECTOR) * SECTOR
    overwrite(file, at, fillOf(random)(SECTOR, random))
    return at
  },
  'the header': (file, random) => {
    overwrite(file, 0, fillOf(random)(100, random))
    return 0
  },
  'the end of the file, in pages': (file, random) =>
    truncate(file, (size) => (1 + random.whole(size / PAGE - 1)) * PAGE),
  'the end of the file': (file, random) => truncate(file, (size) => random.whole(size)),
  'the end of the log': (file, random) => truncate(`${file}-wal`, (size) => random.whole(size)),
  'the log': (file, random) => {
    const at = random.whole(statSync(`${file}-wal`).size - SECTOR)
    overwrite(`${file}-wal`, at, fillOf(random)(SECTOR, random))
    return at
  },
}

export const DAMAGES: readonly string[] = Object.keys(KINDS)

/** Makes a copy of the original and damages it. */
export function hurt(given: Original, copy: string, kind: string, seed: number): Damage {
  for (const end of ENDS) copyFileSync(`${given.file}${end}`, `${copy}${end}`)
  const random = new Random(seed)
  const damage = KINDS[kind]
  if (damage === undefined) throw new RangeError(kind)
  // Most files have an empty log, except after a kill. Closing a store empties the log.
  if (!kind.includes('log')) sqliteStore(copy).close()
  return { what: kind, where: damage(copy, random, given) }
}

/** `refused`: at the start. `unharmed`: the content is that of the original. Otherwise the names of what differs. */
export type Noticed = 'refused' | 'unharmed' | { readonly differs: readonly string[] }

export async function noticed(given: Original, file: string): Promise<Noticed> {
  let store: Store
  try {
    store = sqliteStore(file)
  } catch (error) {
    if (error instanceof StoreError) return 'refused'
    throw error
  }
  try {
    const differs = differencesOf(given.content, await contentOf(store))
    return differs.length === 0 ? 'unharmed' : { differs }
  } finally {
    await store.close()
  }
}

function differencesOf(wanted: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...wanted.keys(), ...found.keys()])
  return [...names].filter((name) => wanted.get(name) !== found.get(name))
}

/** Whether a command that reads the file refuses it. */
export function readersNotice(file: string): boolean {
  try {
    const history = openHistory(file)
    try {
      history.assertWhole()
      return false
    } finally {
      history.close()
    }
  } catch (error) {
    if (error instanceof StoreError) return true
    throw error
  }
}

export interface Saved {
  /** Number of rows of the original: journal, snapshots, records and outbox. */
  readonly rows: number
  /** How many of them the target has unchanged. */
  readonly saved: number
  /** Rows of the target that differ from the original. */
  readonly wrong: readonly string[]
  /** Nothing is lost, or the report says that something is. */
  readonly isTold: boolean
  readonly wasCut: boolean
}

/** Rescues the file, opens the target, and compares it with the original. */
export async function rescued(given: Original, file: string, target: string): Promise<Saved> {
  const report = rescue(file, target)
  const store = sqliteStore(target)
  const content = await contentOf(store)
  await store.close()
  const isRow = (name: string) => /^(?:journal|snapshot|record|outbox) /.test(name)
  const rows = [...given.content].filter(([name]) => isRow(name))
  const saved = rows.filter(([name, value]) => content.get(name) === value).length
  const wrong = [...content].filter(([name, value]) => isRow(name) && given.content.get(name) !== value)
  return {
    rows: rows.length,
    saved,
    wrong: wrong.map(([name]) => name),
    isTold: saved === rows.length || !report.isComplete,
    wasCut: report.cut !== undefined,
  }
}
