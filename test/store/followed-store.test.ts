/**
 * A process that waits for a store in PostgreSQL reads it meanwhile for a follower.
 *
 * Slow, 20 s: it starts three servers, and kills the primary. More in `npm run test:whole`.
 */
import { expect, it, onTestFinished } from 'vitest'
import type { JournalRow, Json, Rewriting, StoreFollower } from '../../src/engine/ports.ts'
import { RecoveryError } from '../../src/engine/recovery/recovery-error.ts'
import type { PostgresOptions } from '../../src/store/postgres/options.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/store.ts'
import { isWhole } from '../suite/extent.ts'
import { refusal } from './opened.ts'
import { clusterOfFile, describeWithPostgres } from './postgres.ts'
import { batch, journalRow, outboxRow, snapshotRow } from './rows.ts'

type Begun = Parameters<StoreFollower['begin']>

/** Has what it was given. */
class Recorder implements StoreFollower {
  /** All loads. */
  readonly begun: Begun[] = []
  /** Rows since the last load. */
  rows: JournalRow[] = []
  last = 0
  rewrites = 0
  /** What `next` answers. */
  accepts: (rows: readonly JournalRow[], last: number) => boolean = () => true
  #heard: (() => void)[] = []

  async begin(...begun: Begun): Promise<void> {
    this.begun.push(begun)
    this.rows = []
    this.#tell()
  }

  async next(rows: readonly JournalRow[], last: number): Promise<boolean> {
    this.rows.push(...rows)
    this.last = last
    const isAccepted = this.accepts(rows, last)
    this.#tell()
    return isAccepted
  }

  async rewritten(): Promise<void> {
    this.rewrites += 1
    this.#tell()
  }

  get inputs(): readonly Json[] {
    return this.rows.map(({ input }) => input)
  }

  /** Resolves when it is so, after one of the calls. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#heard.push(resolve))
  }

  #tell(): void {
    for (const each of this.#heard.splice(0)) each()
  }
}

const next = (position: number, input: Json = `input ${position}`) =>
  batch({ journal: [journalRow(position, 'user/1', position, input)], outbox: [outboxRow(position)] })

/** Commits when the owner is connected again. A change whose connection was lost is refused, and was not kept. */
async function commitAtLast(owner: PostgresStore, one: ReturnType<typeof batch>): Promise<void> {
  for (;;) {
    const refused = await owner.commit(one).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (refused === undefined) return
    expect(refused).toMatchObject({ code: 'UNREACHABLE' })
  }
}

describeWithPostgres('a store that another process has', () => {
  const cluster = clusterOfFile(2)
  let schemas = 0

  /** An owner, and one who waits. */
  const both = async (options: PostgresOptions = {}, first: readonly ReturnType<typeof batch>[] = [next(1)]) => {
    schemas += 1
    const common = { schema: `followed_${schemas}`, ...options }
    const owner = await postgresStore(cluster().url(), common)
    for (const each of first) await owner.commit(each)
    const recorder = new Recorder()
    const over = new AbortController()
    const lines: string[] = []
    const opening = postgresStore(cluster().url(), {
      ...common,
      standby: { follower: recorder, signal: over.signal },
      onLine: (line) => lines.push(line),
    })
    let opened: PostgresStore | undefined
    opening.then(
      (store) => {
        opened = store
      },
      () => undefined,
    )
    onTestFinished(async () => {
      over.abort()
      await owner.close()
      await opening.catch(() => undefined)
      await opened?.close()
    })
    return { owner, recorder, opening, lines, schema: common.schema }
  }

  it('gives first its snapshots and the rows after them, then each new row, and is open with the last one', async () => {
    const first = batch({ journal: [journalRow(1, 'user/1', 1, 'a')], snapshots: [snapshotRow('user/1', 1, 'state')] })
    const { owner, recorder, opening } = await both({}, [first, next(2, 'b')])
    await recorder.until(() => recorder.begun.length === 1)
    expect(recorder.begun).toEqual([
      [
        owner.id,
        {
          snapshots: [snapshotRow('user/1', 1, 'state')],
          tail: [journalRow(2, 'user/1', 2, 'b')],
          lastPosition: 2,
          lastOutboxNumber: 0,
        },
      ],
    ])
    await owner.commit(next(3))
    await recorder.until(() => recorder.rows.length === 1)
    await owner.commit(next(4))
    await recorder.until(() => recorder.rows.length === 2)
    expect(recorder.rows).toEqual([journalRow(3, 'user/1', 3, 'input 3'), journalRow(4, 'user/1', 4, 'input 4')])
    expect(recorder.last).toBe(4)
    await owner.close()
    const store = await opening
    expect([store.id, store.history.lastPosition]).toEqual([owner.id, 4])
    expect(recorder.begun).toHaveLength(1)
  })

  it('gives rows in their order, also more than one page of them', async () => {
    const { owner, recorder } = await both()
    await recorder.until(() => recorder.begun.length === 1)
    const many = Array.from({ length: 700 }, (_, index) => journalRow(index + 2, 'user/1', index + 2))
    await owner.commit(batch({ journal: many }))
    await recorder.until(() => recorder.rows.length >= many.length)
    expect(recorder.rows).toEqual(many)
  })

  it.runIf(isWhole)(
    'gives everything again when the follower cannot go on, and when the store was emptied',
    async () => {
      const { owner, recorder, lines } = await both()
      recorder.accepts = (_, last) => last < 2
      await recorder.until(() => recorder.begun.length === 1)
      await owner.commit(next(2))
      await recorder.until(() => recorder.begun.length === 2)
      recorder.accepts = () => true
      expect(recorder.begun[1]?.[1]).toMatchObject({ lastPosition: 2 })
      await owner.clear()
      await recorder.until(() => recorder.begun.length === 3)
      const empty = { snapshots: [], tail: [], lastPosition: 0, lastOutboxNumber: 0 }
      expect(recorder.begun[2]).toEqual([owner.id, empty])
      expect(lines).toContainEqual(expect.stringMatching(/: the store was emptied; the standby loads again$/))
    },
  )

  it('says that rows were rewritten, and goes on after them', async () => {
    const { owner, recorder } = await both()
    await recorder.until(() => recorder.begun.length === 1)
    const same = { state: () => null, payload: () => null }
    const erasing: Rewriting = { input: () => 'erased', ...same }
    for (let place = await owner.rewrite(erasing, null); place; place = await owner.rewrite(erasing, place));
    await recorder.until(() => recorder.rewrites > 0)
    await owner.commit(next(2))
    await recorder.until(() => recorder.rows.length === 1)
    expect({ begun: recorder.begun.length, rewrites: recorder.rewrites }).toEqual({ begun: 1, rewrites: 1 })
  })

  it('is refused with the error of a follower that cannot follow at all', async () => {
    const { owner, recorder, opening } = await both()
    await recorder.until(() => recorder.begun.length === 1)
    recorder.next = async () => {
      throw new RecoveryError('of a newer version')
    }
    await owner.commit(next(2))
    await expect(opening).rejects.toEqual(new RecoveryError('of a newer version'))
  })

  const CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'mrdian%'"

  it.runIf(isWhole)(
    'is followed on over another connection, and loaded again if the server has other rows there',
    async () => {
      const { owner, recorder, lines, schema } = await both({ lease: 60_000 })
      const { primary } = cluster()
      await recorder.until(() => recorder.begun.length === 1)
      await primary.sql(CUT)
      await commitAtLast(owner, next(2))
      await recorder.until(() => recorder.rows.length === 1)
      expect(recorder.begun).toHaveLength(1)
      // As on a server that has never got the row 2 that the former one showed.
      await primary.sql(`UPDATE ${schema}.journal SET input = '"another"' WHERE position = 2; ${CUT}`, 'mrdian')
      await recorder.until(() => recorder.begun.length === 2)
      expect(recorder.begun[1]?.[1].tail.map(({ input }) => input)).toEqual(['input 1', 'another'])
      const line = /: the server has other rows than the one before; the standby loads again$/
      expect(lines).toContainEqual(expect.stringMatching(line))
    },
  )

  it.runIf(isWhole)(
    'is followed on after its primary was killed and another server was promoted, and is taken over from there',
    async () => {
      const { owner, recorder, opening } = await both({ lease: 60_000 })
      await recorder.until(() => recorder.begun.length === 1)
      await owner.commit(next(2))
      await cluster().primary.stop('SIGKILL')
      await cluster().promoteNewest()
      await commitAtLast(owner, next(3))
      await recorder.until(() => recorder.rows.length === 2)
      await owner.close()
      const store = await opening
      expect([recorder.inputs, recorder.begun.length]).toEqual([['input 2', 'input 3'], 1])
      await store.commit(next(4))
      expect(await refusal(() => owner.commit(next(4)))).toMatchObject({ code: 'CLOSED' })
    },
  )
})
