/**
 * A whole store is carried from a data file to PostgreSQL, and back.
 *
 * Slow, 20 s: it starts a server of PostgreSQL, and the program six times. More in `npm run test:whole`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import type { StoreEnd } from '../../src/engine/ports.ts'
import { replay } from '../../src/history/replay.ts'
import { loadScenario, simulate } from '../../src/simulate/index.ts'
import {
  exportToPostgres,
  importFromPostgres,
  openHistory,
  openPostgresHistory,
  postgresStore,
  sqliteStore,
} from '../../src/store/index.ts'
import { run } from '../cli/process.ts'
import { isWhole } from '../suite/extent.ts'
import { failedInputs } from './damages.ts'
import { temporaryDirectory } from './directories.ts'
import { beside, open, refusal } from './opened.ts'
import { clusterOfFile, describeWithPostgres, PASSWORD } from './postgres.ts'
import { startProxy } from './proxy.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

const UNREPLICATED = { acceptUnreplicated: true }

/** Every row of a data file, as it is there. */
function rowsOf(file: string) {
  const database = beside(file, true)
  const tables = ['aggregate', 'journal', 'snapshot', 'outbox', 'record'].map((table) =>
    database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
  )
  const ends = `SELECT history, last_outbox_number,
    max(last_position, (SELECT coalesce(max(position), 0) FROM journal)) AS last_position FROM store`
  const store = database.prepare(ends).get()
  database.close()
  return { store, tables }
}

/** A simulated shift of more rows than a page has, of which compaction has deleted old rows; with undelivered notifications and records. */
async function shift(): Promise<string> {
  const file = join(temporaryDirectory(), 'state.db')
  await simulate(await loadScenario('interrupt'), { store: sqliteStore(file, { historySpacing: 60_000 }) })
  const store = open(file)
  const { lastPosition, lastOutboxNumber } = await store.load()
  const middle = await store.history?.row(Math.floor(lastPosition / 2))
  while (await store.compact(middle?.at ?? 0));
  const rows = [1, 2, 3].map((n) => outboxRow(lastOutboxNumber + n, { text: 'Ünïcödé 😀\0\ud800', n }))
  const journal = await failedInputs(store, 'user/1001', 700, 100)
  await store.commit(batch({ journal, outbox: rows, delivered: [lastOutboxNumber + 3] }))
  for (let n = 0; n < 300; n += 1) await store.records.put(`c${n % 3}`, `${n}`, { n })
  await store.close()
  return file
}

/** A small data file. */
async function small(): Promise<string> {
  const file = join(temporaryDirectory(), 'state.db')
  const store = open(file)
  await store.commit(batch({ journal: [journalRow(1, 'user/1', 1), journalRow(2, 'call/1', 1)], ended: ['call/1'] }))
  await store.close()
  return file
}

describeWithPostgres('carrying a store to PostgreSQL and back', () => {
  const cluster = clusterOfFile(0)
  const shown = () => `postgres://127.0.0.1:${cluster().primary.port}/mrdian`
  let schemas = 0
  const newSchema = () => {
    schemas += 1
    return `carry_${schemas}`
  }

  it('keeps every row, also of a compacted file, and replay finds no difference', async () => {
    const [file, schema] = [await shift(), newSchema()]
    const back = join(temporaryDirectory(), 'back.db')
    const seen: string[] = []
    const onProgress = (done: number, total: number, what: string) => {
      if (done === total) seen.push(what)
    }
    const options = { schema, ...UNREPLICATED, onProgress }
    const exported = await exportToPostgres(file, cluster().url(), options)
    const imported = await importFromPostgres(cluster().url(), back, { schema, onProgress })
    expect(imported).toEqual(exported)
    expect(rowsOf(back)).toEqual(rowsOf(file))
    // Plain JSON for the tools of PostgreSQL, and not packed as in a data file.
    const asJson = `SELECT count(input::json) FROM ${schema}.journal WHERE coalesce(origin, '{}')::json IS NOT NULL`
    expect(await cluster().primary.sql(asJson, 'mrdian')).toBe(`${exported.rows.journal}`)
    const states = `SELECT count(state::json) FROM ${schema}.snapshot`
    expect(await cluster().primary.sql(states, 'mrdian')).toBe(`${exported.rows.snapshot}`)
    expect(exported.rows).toMatchObject({ outbox: 2, record: 300 })
    expect(exported.rows.journal).toBeGreaterThan(700)
    expect(exported.rows.journal).toBeLessThan(exported.lastPosition)
    expect(seen).toEqual(expect.arrayContaining(['rows carried', 'rows compared']))

    const inPostgres = await openPostgresHistory(cluster().url(), { schema })
    onTestFinished(() => inPostgres.close())
    const reports = []
    for (const history of [openHistory(file), inPostgres, openHistory(back)]) {
      reports.push(await replay(history))
      await history.close()
    }
    expect(reports[0]).toMatchObject({ differing: 0 })
    expect(reports[1]).toEqual(reports[0])
    expect(reports[2]).toEqual(reports[0])
  })

  it.runIf(isWhole)('lets numbering go on where compaction has deleted all rows', async () => {
    const [file, schema] = [join(temporaryDirectory(), 'state.db'), newSchema()]
    const store = open(file)
    const rows = { journal: [journalRow(1, 'user/1', 1), journalRow(2, 'call/1', 1)], outbox: [outboxRow(1)] }
    await store.commit(batch({ ...rows, snapshots: [snapshotRow('user/1', 1)], ended: ['call/1'] }))
    await store.commit(batch({ delivered: [1] }))
    while (await store.compact(Number.MAX_SAFE_INTEGER));
    const { id } = store
    await store.close()
    const carried = await exportToPostgres(file, cluster().url(), { schema, ...UNREPLICATED })
    expect(carried).toEqual({
      ...{ history: id, lastPosition: 2, lastOutboxNumber: 1 },
      rows: { aggregate: 1, journal: 0, snapshot: 1, outbox: 0, record: 0 },
    })
    const without = join(temporaryDirectory(), 'without.db')
    await importFromPostgres(cluster().url(), without, { schema })
    expect(await open(without).load()).toMatchObject({ tail: [], lastPosition: 2, lastOutboxNumber: 1 })

    const next = await postgresStore(cluster().url(), { schema, ...UNREPLICATED })
    onTestFinished(() => next.close())
    expect(next.id).toBe(id)
    const snapshots = [snapshotRow('user/1', 2), snapshotRow('user/2', 0)]
    await next.commit(batch({ journal: [journalRow(3, 'user/1', 2)], outbox: [outboxRow(2)], snapshots }))
    await next.close()
    const back = join(temporaryDirectory(), 'back.db')
    await importFromPostgres(cluster().url(), back, { schema })
    const last = open(back)
    expect(last.id).toBe(id)
    expect(await last.load()).toEqual({
      snapshots,
      tail: [],
      outbox: [outboxRow(2)],
      lastPosition: 3,
      lastOutboxNumber: 2,
    })
    await last.commit(batch({ journal: [journalRow(4, 'call/1', 1)], outbox: [outboxRow(3)] }))
  })

  it('refuses a target that is not empty', async () => {
    const [file, schema, target] = [await small(), newSchema(), join(temporaryDirectory(), 'back.db')]
    const options = { schema, ...UNREPLICATED }
    await exportToPostgres(file, cluster().url(), options)
    expect((await refusal(() => exportToPostgres(file, cluster().url(), options))).message).toBe(
      `${shown()}: the schema ${schema} is not empty; use another database or schema, or remove this one with DROP SCHEMA "${schema}" CASCADE`,
    )
    await importFromPostgres(cluster().url(), target, { schema })
    const before = readFileSync(target)
    const again = await refusal(() => importFromPostgres(cluster().url(), target, { schema }))
    expect(again.message).toBe(`${target} exists; name a new file`)
    expect(readFileSync(target)).toEqual(before)
  })

  it.runIf(isWhole)('refuses a store that a server has open', async () => {
    const [file, schema, directory] = [await small(), newSchema(), temporaryDirectory()]
    const [server, options] = [open(file), { schema, ...UNREPLICATED }]
    expect(await refusal(() => exportToPostgres(file, cluster().url(), options))).toMatchObject({ code: 'IN_USE' })
    await server.close()

    const owner = await postgresStore(cluster().url(), options)
    onTestFinished(() => owner.close())
    const used = { code: 'IN_USE', message: expect.stringContaining(`${shown()} is open: `) }
    expect(await refusal(() => exportToPostgres(file, cluster().url(), options))).toMatchObject(used)
    expect(
      await refusal(() => importFromPostgres(cluster().url(), join(directory, 'back.db'), { schema })),
    ).toMatchObject(used)
    expect(readdirSync(directory)).toEqual([])
    await owner.close()
    await exportToPostgres(file, cluster().url(), options)
  })

  it.runIf(isWhole)('keeps servers out until it is done', async () => {
    const [file, schema] = [await small(), newSchema()]
    const proxy = await startProxy(cluster().primary.port)
    onTestFinished(() => proxy.close())
    const waiting = `SELECT count(*) FROM pg_locks WHERE NOT granted`
    const besideServer = async (carry: (onProgress: () => void) => Promise<unknown>) => {
      const begun = Promise.withResolvers<void>()
      let isFirst = true
      const carrying = carry(() => {
        if (isFirst) proxy.hold()
        isFirst = false
        begun.resolve()
      })
      await begun.promise
      const opening = postgresStore(cluster().url(), { schema, ...UNREPLICATED })
      while ((await cluster().primary.sql(waiting)) === '0') await pause(10)
      proxy.release()
      await carrying
      const store = await opening
      expect(await store.load()).toMatchObject({ lastPosition: 2 })
      await store.close()
    }
    const url = cluster().url(proxy)
    await besideServer((onProgress) => exportToPostgres(file, url, { schema, ...UNREPLICATED, onProgress }))
    const target = join(temporaryDirectory(), 'back.db')
    await besideServer((onProgress) => importFromPostgres(url, target, { schema, onProgress }))
  })

  it.each(['with a change', 'idle'])(
    'a server that had the empty store, and was away, %s, is not let in',
    async (how) => {
      const [file, schema] = [await small(), newSchema()]
      const proxy = await startProxy(cluster().primary.port)
      onTestFinished(() => proxy.close())
      const away = await postgresStore(cluster().url(proxy), { schema, ...UNREPLICATED, lease: 500 })
      onTestFinished(() => away.close())
      const end = new Promise<StoreEnd>((resolve) => away.onEnd(resolve))
      const change = () => refusal(() => away.commit(batch({ journal: [journalRow(1, 'user/9', 1)] })))
      proxy.hold()
      const early = how === 'idle' ? undefined : change()
      await exportToPostgres(file, cluster().url(), { schema, ...UNREPLICATED })
      proxy.release()
      expect(await end).toMatchObject({ why: 'lost' })
      expect(await (early ?? change())).toMatchObject({ code: 'LOST' })
      const target = join(temporaryDirectory(), 'back.db')
      await importFromPostgres(cluster().url(), target, { schema })
      expect(rowsOf(target)).toEqual(rowsOf(file))
    },
  )

  it.runIf(isWhole)('leaves nothing when the connection is lost in the middle, and can be repeated', async () => {
    const [file, schema, directory] = [await shift(), newSchema(), temporaryDirectory()]
    const target = join(directory, 'back.db')
    const broken = async (carry: (url: string, onProgress: () => void) => Promise<unknown>) => {
      const proxy = await startProxy(cluster().primary.port)
      const closed: Promise<void>[] = []
      const onProgress = () => void closed.push(proxy.close())
      const error = await refusal(() => carry(cluster().url(proxy), onProgress))
      expect(error.code).toBe('UNREACHABLE')
      expect(closed.length).toBeGreaterThan(0)
      await Promise.all(closed)
    }
    await broken((url, onProgress) => exportToPostgres(file, url, { schema, ...UNREPLICATED, onProgress }))
    await exportToPostgres(file, cluster().url(), { schema, ...UNREPLICATED })
    await broken((url, onProgress) => importFromPostgres(url, target, { schema, onProgress }))
    expect(readdirSync(directory)).toEqual([])
    await importFromPostgres(cluster().url(), target, { schema })
    expect(rowsOf(target)).toEqual(rowsOf(file))
  })

  it.runIf(isWhole)('keeps nothing of rows that are damaged', async () => {
    const [file, schema, directory] = [await small(), newSchema(), temporaryDirectory()]
    await exportToPostgres(file, cluster().url(), { schema, ...UNREPLICATED })
    await cluster().primary.sql(`UPDATE ${schema}.journal SET input = '{' WHERE position = 2`, 'mrdian')
    const found = await refusal(() => importFromPostgres(cluster().url(), join(directory, 'back.db'), { schema }))
    expect(found).toMatchObject({
      code: 'CORRUPT',
      message: `${shown()} is damaged (journal row 2 is not readable); nothing was kept`,
    })
    expect(readdirSync(directory)).toEqual([])

    const database = beside(file)
    database.exec(`UPDATE journal SET input = '{' WHERE position = 2`)
    database.close()
    const damaged = await refusal(() =>
      exportToPostgres(file, cluster().url(), { schema: newSchema(), ...UNREPLICATED }),
    )
    expect(damaged).toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('journal row 2 is not readable'),
    })
  })

  it('keeps nothing when the target does not have what it was given', async () => {
    const [file, schema] = [await small(), newSchema()]
    const options = { schema, ...UNREPLICATED }
    const empty = await postgresStore(cluster().url(), options)
    await empty.close()
    await cluster().primary.sql(
      `SET search_path = ${schema}; CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.at = NEW.at + 1; RETURN NEW; END $$;
      CREATE TRIGGER other BEFORE INSERT ON journal FOR EACH ROW WHEN (NEW.position = 2) EXECUTE FUNCTION other()`,
      'mrdian',
    )
    expect(await refusal(() => exportToPostgres(file, cluster().url(), options))).toMatchObject({
      code: 'FAILED',
      message: `${shown()} did not get the same rows of journal as ${file}; nothing was kept`,
    })
    await cluster().primary.sql(`DROP TRIGGER other ON ${schema}.journal`, 'mrdian')
    expect(await exportToPostgres(file, cluster().url(), options)).toMatchObject({ lastPosition: 2 })
  })

  it('refuses a server that does not replicate, unless it is accepted', async () => {
    const refused = await refusal(async () => exportToPostgres(await small(), cluster().url(), { schema: newSchema() }))
    expect(refused.code).toBe('UNREPLICATED')
  })

  it('on the command line: export, import, and the exit codes', async () => {
    const [file, back] = [await small(), join(temporaryDirectory(), 'back.db')]
    const [url, env] = [`postgres://mrdian@127.0.0.1:${cluster().primary.port}/mrdian`, { PGPASSWORD: PASSWORD }]
    const flags = ['--accept-unreplicated']
    expect(await run(['export', file, url, ...flags], { env })).toMatchObject({
      code: 0,
      err: '',
      out: [
        '2 inputs, 0 snapshots, 0 undelivered notifications and requests, 0 records',
        'the last input is 2, the last notification or request 0; both stores have the same rows',
        `everything in ${file} is in PostgreSQL now; do not start a server on the file again\n`,
      ].join('\n'),
    })
    const imported = await run(['import', url, back, '--json'], { env })
    expect(imported).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(imported.out)).toMatchObject({ lastPosition: 2, rows: { aggregate: 2, journal: 2 } })
    expect(rowsOf(back)).toEqual(rowsOf(file))

    const wrong = url.replace('@', ':hunter2@')
    const denied = `mrdian: ${shown()}: the user name or the password is wrong\n`
    const other = join(temporaryDirectory(), 'other.db')
    expect(await run(['export', file, wrong, ...flags])).toMatchObject({ code: 2, out: '', err: denied })
    expect(await run(['import', wrong, other])).toMatchObject({ code: 2, out: '', err: denied })
    expect(existsSync(other)).toBe(false)
    for (const command of ['export', 'import']) {
      const swapped = await run(command === 'export' ? [command, wrong, file] : [command, file, wrong])
      expect(swapped).toMatchObject({ code: 2, out: '' })
      expect(swapped.err).not.toContain('hunter2')
    }
  })
})
