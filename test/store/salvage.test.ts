/** How a rescue reads a damaged table: row by row along the B-tree as far as possible, and then page by page. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { rescue } from '../../src/store/index.ts'
import { foundRows } from '../../src/store/rescue/pages.ts'
import { type Hole, salvage } from '../../src/store/rescue/salvage.ts'
import { KEYED, rowOf } from '../../src/store/rescue/tables.ts'
import { temporaryDirectory } from './directories.ts'
import { beside, open } from './opened.ts'
import { batch, journalRow, snapshotRow } from './rows.ts'

const PAGE = 4096
const ROWS = 600
const journal = KEYED.find(({ name }) => name === 'journal')

const leaves = z.array(z.object({ page: z.number(), path: z.string(), rows: z.number(), type: z.string() }))

/** A closed data file with many inputs of one user, every fiftieth longer than a page. */
function written(): string {
  const file = join(temporaryDirectory(), 'state.db')
  const store = open(file, { historySpacing: 0 })
  const input = (position: number) => ({ text: 'x'.repeat(position % 50 === 0 ? 3 * PAGE : 200 + position) })
  const inputs = Array.from({ length: ROWS }, (_, n) => journalRow(n + 1, 'user/1', n + 1, input(n + 1)))
  store.commit(batch({ journal: inputs, snapshots: [snapshotRow('user/1', ROWS)] }))
  for (let n = 0; n < 200; n += 1) store.records.put('c', `${n}`, { text: 'y'.repeat(n) })
  store.records.put('c', 'long', { text: 'z'.repeat(2 * PAGE) })
  store.close()
  return file
}

/** Pages of the tree of the journal, in the order of the tree. */
function pagesOf(file: string, type: 'leaf' | 'internal') {
  const database = beside(file, true)
  const query = `SELECT pageno AS page, path, ncell AS rows, pagetype AS type FROM dbstat WHERE name = 'journal' ORDER BY path`
  const pages = leaves.parse(database.prepare(query).all())
  database.close()
  return pages.filter((page) => page.type === type)
}

function overwrite(file: string, page: number, bytes: Buffer): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, bytes, 0, PAGE, (page - 1) * PAGE)
  closeSync(descriptor)
}

const wipe = (file: string, page: number) => overwrite(file, page, Buffer.alloc(PAGE))

/** The first and last position on the leaf with this index, in the order of the tree. */
function rowsOfLeaf(file: string, index: number) {
  const pages = pagesOf(file, 'leaf')
  const before = pages.slice(0, index).reduce((sum, { rows }) => sum + rows, 0)
  const { page, rows } = pages.at(index) ?? { page: 0, rows: 0 }
  return { page, from: before + 1, to: before + rows, last: pages.length - 1 }
}

const keys = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

function salvaged(database: DatabaseSync): { positions: number[]; holes: readonly Hole[] } {
  if (journal === undefined) throw new Error('no journal')
  const reading = salvage(database, journal)
  const positions: number[] = []
  for (let next = reading.next(); ; next = reading.next()) {
    if (next.done) return { positions, holes: next.value }
    positions.push(Number(next.value.position))
  }
}

describe('the tree of a table', () => {
  it('gives all rows when it is intact', async () => {
    expect(salvaged(beside(written(), true))).toEqual({ positions: keys(1, ROWS), holes: [] })
  })

  it('gives the rows before, between and after pages that cannot be read', async () => {
    const file = written()
    const [one, other] = [rowsOfLeaf(file, 3), rowsOfLeaf(file, 9)]
    for (const { page } of [one, other]) wipe(file, page)
    const { positions, holes } = salvaged(beside(file, true))
    expect(positions).toEqual([
      ...keys(1, one.from - 1),
      ...keys(one.to + 1, other.from - 1),
      ...keys(other.to + 1, ROWS),
    ])
    expect(holes).toHaveLength(2)
    for (const [index, { from, to }] of [one, other].entries()) {
      expect(holes[index]?.from).toBe(from)
      // The hole includes the rows after it that were read one by one.
      expect(holes[index]?.to).toBeGreaterThanOrEqual(to)
      expect(holes[index]?.to).toBeLessThan(other.to + 100)
    }
  })

  it('gives no row twice when a page has the rows of an earlier page', async () => {
    const file = written()
    const [one, other] = [rowsOfLeaf(file, 3), rowsOfLeaf(file, 9)]
    const bytes = readFileSync(file).subarray((one.page - 1) * PAGE, one.page * PAGE)
    overwrite(file, other.page, bytes)
    const { positions } = salvaged(beside(file, true))
    expect(positions).toEqual([...new Set(positions)])
    expect(positions).toEqual(expect.arrayContaining([...keys(1, other.from - 1), ...keys(other.to + 1, ROWS)]))
  })

  it('has a hole without an end when the last page cannot be read', async () => {
    const file = written()
    const { page, from } = rowsOfLeaf(file, rowsOfLeaf(file, 0).last)
    wipe(file, page)
    expect(salvaged(beside(file, true))).toEqual({
      positions: keys(1, from - 1),
      holes: [{ from, to: Number.POSITIVE_INFINITY }],
    })
  })
})

describe('the search of pages', () => {
  it('finds every row of every table as the tree has it, also rows that are longer than a page', async () => {
    const file = written()
    const database = beside(file, true)
    const found = [...foundRows(file, () => undefined)]
    for (const [table, key] of [
      ['journal', 'position'],
      ['snapshot', 'number'],
      ['record', 'key'],
      ['aggregate', 'name'],
    ] as const) {
      const rows = found.map((row) => rowOf(table, row)).filter((row) => row !== undefined)
      const names = new Set(rows.map((row) => row[key]))
      const wanted = database.prepare(`SELECT * FROM ${table}`).all()
      expect(wanted.filter((row) => !names.has(row[key] ?? null))).toEqual([])
      // Rows of an index can look like rows of a table with the same number of columns.
      const same = new Map(rows.map((row) => [row[key], row]))
      for (const row of wanted) if (table !== 'aggregate') expect(same.get(row[key] ?? null)).toEqual({ ...row })
    }
  })

  it('finds all rows below an inner page that cannot be read, and no row twice', async () => {
    const file = written()
    const [root] = pagesOf(file, 'internal')
    wipe(file, root?.page ?? 0)
    const target = join(temporaryDirectory(), 'saved.db')
    const { tables, kept, missing, unjoined } = rescue(file, target)
    expect(tables.find(({ name }) => name === 'journal')).toMatchObject({ rows: ROWS, found: ROWS })
    expect({ kept: kept.journal, missing, unjoined }).toEqual({ kept: ROWS, missing: [], unjoined: [] })
    const lengths = 'SELECT sum(length(input)) AS sum, count(*) AS count FROM journal'
    const sum = keys(1, ROWS).reduce((all, n) => all + 11 + (n % 50 === 0 ? 3 * PAGE : 200 + n), 0)
    expect(beside(target, true).prepare(lengths).get()).toEqual({ sum, count: ROWS })
  })
})
