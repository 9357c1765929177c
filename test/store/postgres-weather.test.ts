/**
 * Servers of mrdian in bad weather: nobody confirms changes, a full disk, a standby of PostgreSQL that lacks changes.
 *
 * Slow, 50 s: it starts three servers of PostgreSQL and the program, and waits until changes are late and leases are over.
 * More in `npm run test:whole`.
 */
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { type ServerOptions, startServer } from '../../src/cli/server.ts'
import { FREE, serve, start } from '../cli/process.ts'
import { canMount } from '../cluster/server.ts'
import { isWhole } from '../suite/extent.ts'
import { clusterOfFile, describeWithPostgres } from './postgres.ts'
import { every } from './rows.ts'

const SIGN_IN = '<User><state>LOGIN</state><extension>1001</extension></User>'
const READY = '<User><state>READY</state></User>'
const NOT_READY = '<User><state>NOT_READY</state></User>'
const headers = { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' }

/** As agent 1001: changes the state, or reads it. */
async function agent(base: string, body?: string) {
  const init = { headers, ...(body === undefined ? {} : { method: 'PUT', body }) }
  const answer = await fetch(`${base}/finesse/api/User/1001`, init)
  const text = await answer.text()
  return { status: answer.status, state: /<state>(\w+)</.exec(text)?.[1] }
}

async function healthOf(base: string) {
  const answer = await fetch(`${base}/health`)
  return { code: answer.status, ...z.looseObject({ reason: z.string().optional() }).parse(await answer.json()) }
}

/** Asks until the code is this one; the time limit of the test ends it. */
async function healthIs(base: string, code: number) {
  for (;;) {
    const health = await healthOf(base)
    if (health.code === code) return health
  }
}

/** Sends a change again and again until it is taken: out of service may be followed by another second of it. */
async function taken(base: string, body: string): Promise<void> {
  while ((await agent(base, body)).status !== 202);
}

/** Starts a server on a database that has none. */
async function served(data: string, options: ServerOptions = {}) {
  const server = await startServer({ restPort: 0, httpBindPort: 'off', xmppPort: 'off', data, ...options })
  onTestFinished(() => server.close())
  return { server, base: `http://127.0.0.1:${server.ports.rest}` }
}

/** Starts the program as a standby. */
function waiting(data: string) {
  const { child, ended } = start(['serve', ...FREE, '--data', data, '--standby'])
  let seen = ''
  child.stdout.on('data', (text: string) => {
    seen += text
  })
  /** The part of a line that the pattern finds, now or later. */
  const says = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(seen)?.[0]
      if (found !== undefined) return found
      await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended])
      if (child.exitCode !== null) throw new Error(`ended before ${pattern}: ${seen}`)
    }
  }
  return { child, ended, says }
}

const portOf = (line: string) => /"rest":(\d+)/.exec(line)?.[1]

describeWithPostgres('a server whose database has one standby', () => {
  const cluster = clusterOfFile(1)
  const [primary, standby] = [() => cluster().primary, () => cluster().nodes[1] ?? cluster().primary]

  it('answers 503 while nobody confirms, knows later what became of the change that waited, and returns', async () => {
    const { base, server } = await served(cluster().url())
    expect(await agent(base, SIGN_IN)).toMatchObject({ status: 202 })
    await standby().suspend()
    onTestFinished(() => standby().resume())
    const waits = agent(base, READY)
    expect(await healthIs(base, 503)).toMatchObject({ reason: 'the store has not answered for 5 seconds' })
    expect(await agent(base, NOT_READY)).toMatchObject({ status: 503 })
    await standby().resume()
    // Either is the truth: it was in the server, or still on its way there behind another change.
    const { status } = await waits
    await taken(base, '<User><state>NOT_READY</state><reasonCodeId>17</reasonCodeId></User>')
    const { history } = server.engine
    const rows = history ? await every(history.rows('user/1001', 0)) : []
    expect(rows.some(({ input }) => /\bREADY\b/.test(JSON.stringify(input)))).toBe(status === 202)
  })

  it.runIf(isWhole)(
    'as the standby of one that is killed while nobody confirms, says so, and serves when somebody does',
    async () => {
      const owner = await serve(['--data', cluster().url()])
      const next = waiting(cluster().url())
      await next.says(/"standby of/)
      await standby().stop()
      onTestFinished(() => standby().start())
      const lost = agent(owner.base, READY).catch(() => undefined)
      const SYNC = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
      while ((await primary().sql(SYNC)) === '0');
      await owner.end('SIGKILL')
      await lost
      await next.says(/the server has no standby that confirms changes; see pg_stat_replication; trying again/)
      await standby().start()
      const base = `http://127.0.0.1:${portOf(await next.says(/.*"in service".*/))}`
      // It was never answered, and the server had it.
      expect(await agent(base)).toMatchObject({ state: 'READY' })
      next.child.kill('SIGTERM')
      expect((await next.ended).code).toBe(0)
    },
  )

  it.runIf(isWhole)(
    'goes out of service for good when a server is made the primary that lacks confirmed changes',
    async () => {
      const { base, server } = await served(cluster().url(), { acceptUnreplicated: true })
      await agent(base, SIGN_IN)
      // What nobody should do: neither server waits for the other one.
      for (const node of [primary(), standby()]) {
        await node.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        await node.sql('SELECT pg_reload_conf()')
      }
      await standby().stop()
      for (const body of [READY, NOT_READY, READY]) expect(await agent(base, body)).toMatchObject({ status: 202 })
      await primary().stop('SIGKILL')
      await standby().start()
      await standby().promote()
      const problem = 'the server lacks changes that were confirmed; another one has them, or they were lost with it'
      while (server.engine.storeEnd === undefined) await healthOf(base)
      expect(server.engine.storeEnd).toBe('damaged')
      expect(await healthOf(base)).toMatchObject({ code: 503, reason: expect.stringContaining(problem) })
      expect(await agent(base, NOT_READY)).toMatchObject({ status: 503 })
    },
  )
})

describeWithPostgres('a server whose database has a full disk', () => {
  const cluster = clusterOfFile(0, canMount() ? { small: 32 } : {})
  const primary = () => cluster().primary

  it.skipIf(!canMount() && process.env.CI === undefined)(
    'answers 503, loses nothing, and returns by itself when there is space',
    async () => {
      await primary().sql(`CREATE TABLESPACE small LOCATION '${primary().folder}-small'`)
      await primary().sql('CREATE DATABASE small OWNER mrdian TABLESPACE small')
      const data = cluster()
        .url()
        .replace(/mrdian$/, 'small')
      const first = await served(data, { acceptUnreplicated: true })
      expect(await agent(first.base, SIGN_IN)).toMatchObject({ status: 202 })
      const filled = (megabytes: number) =>
        primary().sql(
          `COPY (SELECT repeat('x', 1000000) FROM generate_series(1, ${megabytes})) TO '${primary().folder}-small/filled'`,
        )
      await expect(filled(100)).rejects.toThrow('No space left on device')
      let last = 'NOT_READY'
      for (let state = 'READY'; ; state = state === 'READY' ? 'NOT_READY' : 'READY') {
        const { status } = await agent(first.base, `<User><state>${state}</state></User>`)
        if (status !== 202) break
        last = state
      }
      const full = 'the disk of the server is full; make space there'
      expect(await healthIs(first.base, 503)).toMatchObject({ reason: expect.stringContaining(full) })
      await filled(0)
      await healthIs(first.base, 200)
      expect(await agent(first.base)).toMatchObject({ state: last })
      await taken(first.base, last === 'READY' ? NOT_READY : READY)
      await first.server.close()
      const second = await served(data, { acceptUnreplicated: true })
      expect(await agent(second.base)).toMatchObject({ state: last === 'READY' ? 'NOT_READY' : 'READY' })
    },
  )
})
