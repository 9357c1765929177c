/**
 * The store in PostgreSQL, on one server.
 *
 * Slow, 30 s: it starts a server, and makes a schema for each of its tests. More in `npm run test:whole`.
 */

import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Json } from '../../src/engine/ports.ts'
import { openPostgresHistory, type PostgresOptions, postgresStore } from '../../src/store/index.ts'
import { extent, isWhole } from '../suite/extent.ts'
import { agreesWithMemory } from './equal.cases.ts'
import { historyCases } from './history.cases.ts'
import { refusal } from './opened.ts'
import { clusterOfFile, describeWithPostgres, PASSWORD } from './postgres.ts'
import { startProxy } from './proxy.ts'
import { batch, every, journalRow, outboxRow, snapshotRow } from './rows.ts'
import { storeCases } from './store.cases.ts'

describeWithPostgres('a store in PostgreSQL', () => {
  const cluster = clusterOfFile(0)
  const sql = (statement: string) => cluster().primary.sql(statement, 'mrdian')
  /** The address as messages have it. */
  const shown = () => `postgres://127.0.0.1:${cluster().primary.port}/mrdian`
  let schemas = 0

  /** The name of an empty schema. */
  const newSchema = () => {
    schemas += 1
    return `test_${schemas}`
  }
  const open = async (options: PostgresOptions = {}) =>
    postgresStore(cluster().url(), { schema: newSchema(), acceptUnreplicated: true, ...options })
  const openForTest = async (options: PostgresOptions = {}) => {
    const store = await open(options)
    onTestFinished(() => store.close())
    return store
  }

  storeCases('postgresStore', () => open())
  historyCases('postgresStore', (historySpacing) => open({ historySpacing }))

  it('agrees with one in memory after random batches, compactions and rewrites', async () => {
    const agreement = { numRuns: extent(3, 8), endOnFailure: true, refusals: 'code' } as const
    await agreesWithMemory((historySpacing) => open({ historySpacing }), agreement)
  })

  it('gives every value back as it was: order of keys, NUL, halves of surrogate pairs, large and small numbers', async () => {
    const store = await openForTest()
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\0', '\ud800', '\\', '"', '%') }),
    )
    const value = fc.jsonValue({ noUnicodeString: false, stringUnit: 'binary' })
    const any = fc.oneof(
      value,
      fc.dictionary(text, fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }))),
    )
    let position = 0
    await fc.assert(
      fc.asyncProperty(any, async (given) => {
        position += 1
        const input: Json = JSON.parse(JSON.stringify(given))
        const row = journalRow(position, 'user/1', position, input)
        await store.commit(batch({ journal: [row], snapshots: [snapshotRow('user/1', position, input)] }))
        expect(JSON.stringify((await store.history.row(position))?.input)).toBe(JSON.stringify(given))
        expect(JSON.stringify((await store.load()).snapshots[0]?.state)).toBe(JSON.stringify(given))
      }),
      { numRuns: 150 },
    )
  })

  it('is found again by the next start, with another epoch', async () => {
    const schema = newSchema()
    const first = await open({ schema })
    await first.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1), outboxRow(2)] }))
    await first.records.put('subscriptions', 'a', { node: 1 })
    const before = await first.load()
    await first.close()
    const second = await openForTest({ schema })
    expect(second.id).toBe(first.id)
    expect(await second.load()).toEqual(before)
    expect(second.records.list('subscriptions')).toEqual([{ key: 'a', value: { node: 1 } }])
    await second.commit(batch({ journal: [journalRow(2, 'user/1', 2)], outbox: [outboxRow(3)], delivered: [1] }))
    expect(await second.load()).toMatchObject({ lastPosition: 2, outbox: [{ number: 2 }, { number: 3 }] })
    expect(await sql(`SELECT epoch, turn FROM ${schema}.store`)).toBe('2|3')
  })

  it('keeps many changes that are given at once, in their order', async () => {
    const store = await openForTest()
    const given = Array.from({ length: 200 }, (_, n) =>
      store.commit(batch({ journal: [journalRow(n + 1, `user/${n % 3}`, Math.floor(n / 3) + 1)] })),
    )
    const record = store.records.put('c', 'k', 1)
    expect(store.records.list('c')).toEqual([])
    await Promise.all([...given, record])
    expect(store.records.list('c')).toEqual([{ key: 'k', value: 1 }])
    expect((await every(store.history.all(0))).map(({ position }) => position)).toEqual(given.map((_, n) => n + 1))
  })

  it('refuses what follows a refused change, and goes on after it', async () => {
    const schema = newSchema()
    const store = await openForTest({ schema })
    await sql(`
      CREATE FUNCTION ${schema}.out_of_space() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER out_of_space BEFORE INSERT ON ${schema}.journal FOR EACH ROW WHEN (NEW.input = '"full"')
        EXECUTE FUNCTION ${schema}.out_of_space()`)
    await store.commit(batch({ journal: [journalRow(1, 'user/1', 1)], outbox: [outboxRow(1)] }))
    const before = await store.load()
    const refused = [
      store.commit(batch({ journal: [journalRow(2, 'user/1', 2, 'full')] })),
      store.commit(batch({ delivered: [1] })),
      store.commit(batch({ journal: [journalRow(3, 'user/1', 3)] })),
      store.records.put('c', 'k', 1),
    ]
    const answers = await Promise.all(refused.map((each) => refusal(() => each)))
    expect(answers.map(({ message }) => message)).toEqual([
      `${shown()}: the disk of the server is full; make space there`,
      ...[1, 2, 3].map(() => `${shown()}: a change before this one was not kept`),
    ])
    expect(answers.every(({ code }) => code === 'FAILED')).toBe(true)
    expect(await store.load()).toEqual(before)
    expect(store.records.list('c')).toEqual([])
    await store.commit(batch({ journal: [journalRow(2, 'user/1', 2)], delivered: [1] }))
    expect(await store.load()).toMatchObject({ lastPosition: 2, outbox: [] })
  })

  it.runIf(isWhole)('erased content is not in the files of the tables', async () => {
    const secret = 'Jane-Doe-555-0100'
    const store = await openForTest()
    const journal = Array.from({ length: 300 }, (_, n) => journalRow(n + 1, 'user/1', n + 1, secret))
    await store.commit(
      batch({ journal, snapshots: [snapshotRow('user/1', 300, secret)], outbox: [outboxRow(1, secret)] }),
    )
    const found = async () => {
      await sql('CHECKPOINT')
      const folder = join(cluster().primary.folder, 'base')
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
      return files.reduce((sum, { parentPath, name }) => {
        return sum + readFileSync(join(parentPath, name), 'latin1').split(secret).length - 1
      }, 0)
    }
    expect(await found()).toBeGreaterThan(300)
    const change = { input: () => 'erased', state: () => 'erased', payload: () => 'erased' }
    for (let place = await store.rewrite(change, null); place !== null; ) place = await store.rewrite(change, place)
    expect(await found()).toBe(0)
    expect(await store.history.row(300)).toMatchObject({ input: 'erased' })
    await store.commit(batch({ journal: [journalRow(301, 'user/1', 301)] }))
  })

  describe('one writer', () => {
    it('refuses a second store while the first one lives, and says who has it', async () => {
      const schema = newSchema()
      await openForTest({ schema, lease: 300 })
      const { code, message } = await refusal(() => open({ schema, lease: 300 }))
      expect(code).toBe('IN_USE')
      expect(message).toBe(`${shown()} is already open: ${hostname()} (process ${process.pid}) has it`)
    })

    it('lets the next one in at the end of the lease of one that has stopped without a word', async () => {
      const proxy = await startProxy(cluster().primary.port)
      const options = { schema: newSchema(), lease: 300, acceptUnreplicated: true }
      const former = await postgresStore(cluster().url(proxy), options)
      onTestFinished(() => former.close())
      await proxy.close()
      const next = await openForTest(options)
      await next.commit(batch({ journal: [journalRow(1, 'user/1', 1)] }))
    })
  })

  describe('one who waits', () => {
    /** Waits for the store of a schema until the end of the test. What it is told comes in order. */
    const waitFor = (schema: string) => {
      const end = new AbortController()
      const told: { holder: string; address: string | undefined }[] = []
      const listeners: (() => void)[] = []
      const onWaiting = (holder: string, address: string | undefined) => {
        told.push({ holder, address })
        for (const each of listeners.splice(0)) each()
      }
      const opening = refusal(() => open({ schema, standby: { signal: end.signal, onWaiting } }))
      onTestFinished(async () => {
        end.abort()
        expect(await opening).toMatchObject({ code: 'CLOSED' })
      })
      return async (count: number) => {
        while (told.length < count) await new Promise<void>((resolve) => listeners.push(resolve))
        return told
      }
    }
    const holder = `${hostname()} (process ${process.pid})`

    it.runIf(isWhole)('is told where the owner can be reached, as soon as that one says it', async () => {
      const schema = newSchema()
      let reachedAt: string | undefined
      await openForTest({ schema, lease: 300, reachedAt: () => reachedAt })
      const told = waitFor(schema)
      expect(await told(1)).toEqual([{ holder, address: undefined }])
      reachedAt = 'http://db1.example:8082'
      expect(await told(2)).toEqual([
        { holder, address: undefined },
        { holder, address: reachedAt },
      ])
    })

    it('is told the key of the pair that the owner has', async () => {
      const schema = newSchema()
      const pairKey = randomUUID()
      await openForTest({ schema, lease: 300, pairKey })
      const end = new AbortController()
      const told = Promise.withResolvers<string>()
      const onWaiting = (_: string, __: string | undefined, key: string) => told.resolve(key)
      const opening = refusal(() => open({ schema, standby: { signal: end.signal, onWaiting } }))
      expect(await told.promise).toBe(pairKey)
      end.abort()
      expect(await opening).toMatchObject({ code: 'CLOSED' })
      await expect(open({ schema, pairKey: 'short' })).rejects.toThrow('pairKey has at least 32 characters')
    })

    it('is not told where a former owner was', async () => {
      const schema = newSchema()
      const former = await open({ schema, lease: 300, reachedAt: () => 'http://db1.example:8082' })
      while ((await sql(`SELECT address FROM ${schema}.lease`)) === '') await pause(10)
      await sql(`UPDATE ${schema}.lease SET expires_at = 'epoch', owner = 'nobody'`)
      const next = await openForTest({ schema, lease: 300 })
      expect(await sql(`SELECT address FROM ${schema}.lease`)).toBe('')
      await Promise.all([former.close(), next.commit(batch({}))])
    })

    it.runIf(isWhole)(
      'waits for an owner of version 1 of the tables, which has no address, and migrates them then',
      async () => {
        const schema = newSchema()
        await (await open({ schema })).close()
        const columns = () =>
          sql(
            `SELECT string_agg(attname || ' ' || attnotnull, ',' ORDER BY attname) FROM pg_attribute
           WHERE attrelid = '${schema}.lease'::regclass AND attnum > 0 AND NOT attisdropped`,
          )
        const before = await columns()
        await sql(`ALTER TABLE ${schema}.lease DROP COLUMN address`)
        await sql(`UPDATE ${schema}.store SET version = 1`)
        await sql(`UPDATE ${schema}.lease SET holder = 'an older one', expires_at = clock_timestamp() + interval '1 s'`)
        const told: unknown[] = []
        await openForTest({ schema, standby: { onWaiting: (...each) => told.push(each) } })
        expect(told).toEqual([['an older one', undefined, expect.any(String)]])
        expect(await columns()).toBe(before)
        expect(await sql(`SELECT version FROM ${schema}.store`)).toBe('2')
      },
    )
  })

  describe('a history that is opened beside a store', () => {
    it('shows what was there at its opening, until it is refreshed', async () => {
      const schema = newSchema()
      const store = await openForTest({ schema })
      await store.records.put('subscriptions', 'a', 1)
      const journal = [journalRow(1, 'user/1', 1), { ...journalRow(2, 'user/1', 2), cause: 1, made: 'task-1' }]
      await store.commit(batch({ journal, snapshots: [snapshotRow('user/1', 1)], outbox: [outboxRow(1)] }))
      const history = await openPostgresHistory(cluster().url(), { schema })
      onTestFinished(() => history.close())
      await store.commit(
        batch({
          journal: [{ ...journalRow(3, 'user/1', 3), cause: 1 }, journalRow(4, 'user/2', 1)],
          snapshots: [snapshotRow('user/1', 3, {}, 1_800_000_000_000)],
          outbox: [outboxRow(2)],
        }),
      )
      await store.records.put('subscriptions', 'b', 1)
      expect(history).toMatchObject({ storeId: store.id, lastPosition: 2, lastOutboxNumber: 1 })
      expect(await every(history.all(0))).toEqual(journal)
      expect(await every(history.rows('user/1', 1))).toEqual([journal[1]])
      expect(await history.aggregates()).toEqual([{ name: 'user/1', ended: false, from: 0, to: 2 }])
      expect(await history.aggregate('user/2')).toBeUndefined()
      expect(await history.row(3)).toBeUndefined()
      expect(await history.causedBy(1)).toEqual([journal[1]])
      expect(await history.madeBy('task-1')).toEqual(journal[1])
      expect(await every(history.snapshots('user/1'))).toEqual([snapshotRow('user/1', 1)])
      expect(await history.outbox()).toEqual([outboxRow(1)])
      expect(history.records.list('subscriptions')).toEqual([{ key: 'a', value: 1 }])
      await history.refresh()
      expect(history).toMatchObject({ lastPosition: 4, lastOutboxNumber: 2 })
      expect(await every(history.all(2))).toHaveLength(2)
      expect(history.records.list('subscriptions')).toHaveLength(2)
      await history.close()
      expect(await refusal(() => history.row(1))).toMatchObject({ code: 'CLOSED' })
    })

    it('changes nothing, and is refused where there is no store', async () => {
      const refused = await refusal(() => openPostgresHistory(cluster().url(), { schema: 'nothing_here' }))
      expect(refused).toMatchObject({
        code: 'NOT_A_STORE',
        message: `${shown()}: there is no store in the schema nothing_here, or tables of another program`,
      })
      expect(await sql(`SELECT count(*) FROM pg_namespace WHERE nspname = 'nothing_here'`)).toBe('0')
    })
  })

  describe('a server that cannot be used is refused with one sentence, without the password', () => {
    const url = (account: string, database = 'mrdian') =>
      `postgres://${account}@127.0.0.1:${cluster().primary.port}/${database}`
    const good = `mrdian:${encodeURIComponent(PASSWORD)}`

    it.each([
      ['a wrong password', 'DENIED', 'the user name or the password is wrong', 'mrdian:wrong-secret', 'mrdian'],
      ['a missing database', 'NOT_A_STORE', 'there is no such database; create it first', good, 'nowhere'],
      [
        'missing rights',
        'DENIED',
        'the user lacks rights; make it the owner of the database, or of the schema of the store',
        'guest:guest-secret',
        'mrdian',
      ],
      [
        'too many connections',
        'UNREACHABLE',
        'the server has no connection left; close others, or raise its max_connections',
        'crowd:crowd-secret',
        'mrdian',
      ],
    ])('%s', async (_what, code, sentence, account, database) => {
      for (const [name, limit] of [
        ['guest', -1],
        ['crowd', 1],
      ] as const) {
        const role = `CREATE ROLE ${name} LOGIN PASSWORD '${name}-secret' CONNECTION LIMIT ${limit}`
        await sql(`DO $$ BEGIN ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
      }
      const options = { schema: newSchema(), acceptUnreplicated: true, connectWithin: 300 }
      const refused = await refusal(() => postgresStore(url(account, database), options))
      expect(refused).toMatchObject({
        code,
        message: `postgres://127.0.0.1:${cluster().primary.port}/${database}: ${sentence}`,
      })
      expect(refused.cause).toBeUndefined()
      expect(refused.stack).not.toMatch(/secret|pw of the store|pw%20of/)
    })

    it('no server', async () => {
      const lines: string[] = []
      const proxy = await startProxy(cluster().primary.port)
      await proxy.close()
      const options = { connectWithin: 500, onLine: (line: string) => lines.push(line) }
      const refused = await refusal(() => postgresStore(`postgres://${good}@127.0.0.1:${proxy.port}/mrdian`, options))
      const message = `postgres://127.0.0.1:${proxy.port}/mrdian: no server answers there; start it, or correct the url`
      expect(refused).toMatchObject({ code: 'UNREACHABLE', message })
      expect(lines).toEqual([`${message}; trying again`])
    })

    it('one that confirms a change before a second machine has it', async () => {
      const unreplicated = async () => (await refusal(() => open({ acceptUnreplicated: false }))).message
      const begin = `${shown()}: the server confirms a change before a second machine has it, because `
      const end = '; set up synchronous replication, or accept the risk'
      expect(await unreplicated()).toBe(`${begin}synchronous_standby_names is empty${end}`)
      await sql('ALTER ROLE mrdian SET synchronous_commit = local')
      onTestFinished(async () => void (await sql('ALTER ROLE mrdian RESET synchronous_commit')))
      expect(await unreplicated()).toBe(`${begin}synchronous_commit is local${end}`)
    })

    it('a version before 15', async () => {
      const version = await sql('SHOW server_version_num')
      const old = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(version, '140009'), 'latin1')
      const proxy = await startProxy(cluster().primary.port, old)
      onTestFinished(() => proxy.close())
      const refused = await refusal(() => postgresStore(cluster().url(proxy), { acceptUnreplicated: true }))
      const message = `postgres://127.0.0.1:${proxy.port}/mrdian: the server is PostgreSQL 14; version 15 or later is needed`
      expect(refused).toMatchObject({ code: 'NOT_A_STORE', message })
    })

    it('a schema of another program, and one of a later version', async () => {
      const [foreign, later] = [newSchema(), newSchema()]
      await sql(`CREATE SCHEMA ${foreign} AUTHORIZATION mrdian CREATE TABLE store (x integer)`)
      expect(await refusal(() => open({ schema: foreign }))).toMatchObject({ code: 'NOT_A_STORE' })
      await (await open({ schema: later })).close()
      await sql(`UPDATE ${later}.store SET version = 7`)
      const message = `${shown()} has schema version 7; this version of mrdian knows 1 to 2`
      expect(await refusal(() => open({ schema: later }))).toMatchObject({ code: 'UNKNOWN_VERSION', message })
    })
  })
})
