/**
 * The store in PostgreSQL when servers and connections fail: a primary with two standbys.
 *
 * Slow, 40 s: it starts three servers, kills the primary, and waits until the others have taken over.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import type { StoreEnd } from '../../src/engine/ports.ts'
import type { PostgresOptions } from '../../src/store/postgres/options.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/store.ts'
import { refusal } from './opened.ts'
import { clusterOfFile, describeWithPostgres } from './postgres.ts'
import { startProxy } from './proxy.ts'
import { batch, every, journalRow, outboxRow } from './rows.ts'

/** As many as the engine has under way. */
const UNDER_WAY = 4

/** Commits one input after the other, as an engine does: after a refusal it goes on where the store has stopped. */
class Client {
  readonly confirmed: string[] = []
  readonly refused: string[] = []
  readonly #store: PostgresStore
  #isStopped = false
  readonly done: Promise<void>

  constructor(store: PostgresStore) {
    this.#store = store
    this.done = this.#run()
  }

  /** Resolves when this many inputs more are confirmed. */
  async more(count: number): Promise<void> {
    const wanted = this.confirmed.length + count
    while (this.confirmed.length < wanted) await pause(5)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.done
  }

  async #run(): Promise<void> {
    for (let n = 0; !this.#isStopped; ) {
      const underWay = new Set<Promise<void>>()
      let isRefused = false
      for (let position = this.confirmed.length + 1; !(this.#isStopped || isRefused); position += 1) {
        n += 1
        const input = `input ${n}`
        const given = this.#store.commit(
          batch({ journal: [journalRow(position, 'user/1', position, input)], outbox: [outboxRow(position)] }),
        )
        const answered = given.then(
          () => void this.confirmed.push(input),
          () => {
            this.refused.push(input)
            isRefused = true
          },
        )
        underWay.add(answered)
        void answered.then(() => underWay.delete(answered))
        if (underWay.size >= UNDER_WAY) await Promise.race(underWay)
      }
      await Promise.all(underWay)
    }
  }
}

/** The address of a store behind this port, as messages have it. */
const shown = ({ port }: { readonly port: number }) => `postgres://127.0.0.1:${port}/mrdian`

describeWithPostgres('a store whose server fails', () => {
  const cluster = clusterOfFile(2)

  const open = async (options: PostgresOptions = {}) => {
    const lines: string[] = []
    const store = await postgresStore(cluster().url(), { onLine: (line) => lines.push(line), ...options })
    onTestFinished(() => store.close())
    return { store, lines }
  }

  const inputs = async (store: PostgresStore) => (await every(store.history.all(0))).map(({ input }) => input)

  const next = (position: number, input: string) =>
    batch({ journal: [journalRow(position, 'user/1', position, input)] })

  it('does not confirm a change when an operator cancels the wait for a standby, until a standby has it', async () => {
    const { store, lines } = await open({ schema: 'cancelled' })
    const { primary, standbys } = cluster()
    await store.commit(next(1, 'first'))
    await Promise.all(standbys.map((node) => node.suspend()))
    let isConfirmed = false
    const second = store.commit(next(2, 'second')).then(() => {
      isConfirmed = true
    })
    const CANCEL = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while ((await primary.sql(CANCEL)) === '0') await pause(10)
    while (!lines.some((line) => line.endsWith('the server no longer waits for a standby'))) await pause(10)
    // The server has it, and would lose it with its machine.
    expect(await primary.sql('SELECT last_position FROM cancelled.store', 'mrdian')).toBe('2')
    expect(isConfirmed).toBe(false)
    expect(store.history.lastPosition).toBe(1)
    await Promise.all(standbys.map((node) => node.resume()))
    await second
    await store.commit(next(3, 'third'))
    expect(await inputs(store)).toEqual(['first', 'second', 'third'])
  })

  it('of two writers the former one writes nothing any more, also not what was on its way', async () => {
    const proxy = await startProxy(cluster().primary.port)
    onTestFinished(() => proxy.close())
    const options = { schema: 'taken', lease: 300 }
    const former = await postgresStore(cluster().url(proxy), options)
    onTestFinished(() => former.close())
    const ends: StoreEnd[] = []
    former.onEnd((end) => ends.push(end))
    await former.commit(next(1, 'of the former'))
    proxy.hold()
    const onItsWay = refusal(() => former.commit(next(2, 'on its way')))
    while (proxy.held === 0) await pause(5)
    const { store } = await open(options)
    expect(store.id).toBe(former.id)
    // It follows the last change that is kept, so only its epoch is wrong.
    proxy.release()
    const refused = await onItsWay
    await store.commit(next(2, 'of the next'))
    const problem = `${shown(proxy)}: another process has taken the store over; this one writes nothing any more`
    expect(refused).toMatchObject({ code: 'LOST', message: problem })
    expect(ends).toEqual([{ why: 'lost', problem }])
    expect(await refusal(() => former.commit(next(2, 'again')))).toMatchObject({ code: 'LOST' })
    expect(await refusal(() => former.load())).toMatchObject({ code: 'LOST' })
    await store.commit(next(3, 'of the next'))
    expect(await inputs(store)).toEqual(['of the former', 'of the next', 'of the next'])
  })

  it('refuses what it was given while no server answers, and goes on by itself when one does', async () => {
    const proxy = await startProxy(cluster().primary.port)
    onTestFinished(() => proxy.close())
    const lines: string[] = []
    const options = { schema: 'away', answerWithin: 400, lease: 300, onLine: (line: string) => lines.push(line) }
    const store = await postgresStore(cluster().url(proxy), options)
    onTestFinished(() => store.close())
    const away = async () => {
      while (!lines.at(-1)?.endsWith('the server does not answer')) await pause(5)
    }
    await store.commit(next(1, 'first'))
    proxy.hold()
    const [inDoubt, follows] = [store.commit(next(2, 'in doubt')), store.commit(next(3, 'follows'))]
    await away()
    proxy.release()
    const answers = await Promise.allSettled([inDoubt, follows])
    const kept = answers.filter(({ status }) => status === 'fulfilled').length
    expect(await inputs(store)).toEqual(['first', 'in doubt', 'follows'].slice(0, kept + 1))
    proxy.hold()
    await away()
    expect(await refusal(() => store.commit(next(kept + 2, 'refused')))).toMatchObject({
      code: 'UNREACHABLE',
      message: `${shown(proxy)}: no server has taken the change in time`,
    })
    proxy.release()
    while ((await store.commit(next(kept + 2, 'on')).catch(() => 'refused')) === 'refused');
    expect((await inputs(store)).at(-1)).toBe('on')
  })

  it('keeps what it confirmed, and nothing else, when the primary is killed and starts again, or another one takes over', async () => {
    const { store } = await open()
    const client = new Client(store)
    await client.more(50)
    await cluster().primary.stop('SIGKILL')
    await cluster().primary.start()
    await client.more(50)
    await cluster().primary.stop('SIGKILL')
    await cluster().promoteNewest()
    await client.more(50)
    await client.stop()
    expect(await inputs(store)).toEqual(client.confirmed)
    expect((await store.load()).outbox.map(({ number }) => number)).toEqual(client.confirmed.map((_, n) => n + 1))
    await store.close()
    const { store: next } = await open()
    expect(await inputs(next)).toEqual(client.confirmed)
  })
})
