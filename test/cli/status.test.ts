/**
 * `mrdian status` as a process.
 *
 * Slow, 35 s: it starts PostgreSQL with a standby, and the program many times. More in `npm run test:whole`.
 */
import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { clusterOfFile, describeWithPostgres, PASSWORD } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { freePorts } from '../suite/free-ports.ts'
import { FREE, run, serve, start, temporary } from './process.ts'

const status = async (...args: readonly string[]) => {
  const { code, out, err } = await run(['status', ...args])
  expect(`${out}${err}`).not.toContain(PASSWORD)
  return { code, out, err }
}
const asJson = async (...args: readonly string[]) => {
  const { code, out } = await status(...args, '--json')
  return { code, json: JSON.parse(out) }
}
const processOf = (pid: number | undefined) => `${hostname()} (process ${pid})`
const SIGN_IN = '<User><state>LOGIN</state><extension>1001</extension></User>'
const signIn = (base: string) =>
  fetch(`${base}/finesse/api/User/1001`, {
    method: 'PUT',
    headers: { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' },
    body: SIGN_IN,
  })

describeWithPostgres('mrdian status of a database', () => {
  const cluster = clusterOfFile(1)
  const shown = () =>
    `postgres://${cluster()
      .nodes.map(({ port }) => `127.0.0.1:${port}`)
      .join(',')}/mrdian`
  const [primary, standby] = [() => cluster().primary, () => cluster().nodes[1] ?? cluster().primary]
  const NAMES = 'ANY 1 (p, s1, s2)'
  /** A server of mrdian that waits, and its end. */
  const waiting = async () => {
    const { child, ended } = start(['serve', ...FREE, '--data', cluster().url(), '--standby'])
    let seen = ''
    const health = await new Promise<string>((resolve) =>
      child.stdout.on('data', (text: string) => {
        seen += text
        const url = /"health":"([^"]+)"[^\n]*"standby of/.exec(seen)?.[1]
        if (url !== undefined) resolve(url)
      }),
    )
    const end = async () => {
      child.kill('SIGTERM')
      await ended
    }
    return { pid: child.pid, base: new URL('/', health).href, end }
  }
  beforeAll(async () => {
    await cluster().primary.sql('GRANT pg_read_all_stats TO mrdian')
  })

  it('shows owner, standbys, servers and who confirms, and says when all is well', async () => {
    const owner = await serve(['--data', cluster().url()])
    const next = await waiting()
    expect((await signIn(owner.base)).status).toBe(202)
    const { code, json } = await asJson(cluster().url())
    const version = expect.any(Number)
    expect(json).toEqual({
      database: shown(),
      servers: [
        {
          server: `127.0.0.1:${primary().port}`,
          role: 'primary',
          version,
          primary: {
            synchronousCommit: 'on',
            synchronousStandbyNames: NAMES,
            followers: [
              {
                name: 's1',
                address: '127.0.0.1',
                state: 'streaming',
                sync: 'quorum',
                bytesBehind: expect.any(Number),
                msBehind: expect.toSatisfy((ms: unknown) => ms === null || typeof ms === 'number'),
              },
            ],
            waitsMs: expect.any(Number),
          },
        },
        {
          server: `127.0.0.1:${standby().port}`,
          role: 'standby',
          version,
          standby: { isConnected: true, bytesNotApplied: expect.any(Number) },
        },
      ],
      store: {
        schema: 'mrdian',
        schemaVersion: expect.any(Number),
        history: expect.stringMatching(/^[0-9a-f-]{36}$/),
        epoch: 1,
        lastPosition: expect.any(Number),
        bytes: expect.any(Number),
        leaseLeftMs: expect.any(Number),
        owner: { process: processOf(owner.child.pid), address: expect.toSatisfy(() => true) },
        standbys: [processOf(next.pid)],
      },
      problems: [],
    })
    expect(json.store.lastPosition).toBeGreaterThan(0)
    expect(code).toBe(0)
    const text = await status(cluster().url())
    expect(text).toMatchObject({ code: 0, err: '' })
    expect(text.out).toContain(`  owner: ${processOf(owner.child.pid)}`)
    expect(text.out).toContain(`  standby: ${processOf(next.pid)}`)
    expect(text.out).toMatch(/ {4}s1 \(127\.0\.0\.1\): quorum, streaming, \d+ bytes behind/)
    expect(await run(['status'], { env: { MRDIAN_DATA: cluster().url() } })).toMatchObject({ code: 0, err: '' })
    // Of the servers themselves: the one that waits is well too.
    expect(await status(owner.base)).toMatchObject({ code: 0, out: expect.stringContaining('is IN_SERVICE') })
    const ofNext = await asJson(next.base)
    expect(ofNext).toMatchObject({ code: 0, json: { standbyOf: processOf(owner.child.pid) } })
    await next.end()
    await owner.end()
    expect(await asJson(cluster().url())).toMatchObject({
      code: 1,
      json: {
        store: { owner: null, standbys: [] },
        problems: ['no server owns the store: none runs, or it does not reach the database'],
      },
    })
  })

  it.runIf(isWhole)('says that nobody confirms, also to a user who may not see who follows', async () => {
    const owner = await serve(['--data', cluster().url()])
    await primary().sql('REVOKE pg_read_all_stats FROM mrdian')
    await standby().suspend()
    const inDoubt = signIn(owner.base)
    let seen = await asJson(cluster().url(primary()))
    while (seen.json.problems.length === 0) seen = await asJson(cluster().url(primary()))
    expect(seen).toMatchObject({
      code: 1,
      json: { problems: [expect.stringMatching(/^a change has waited \d+ s for a standby$/)] },
    })
    await standby().resume()
    expect((await inDoubt).status).toBe(202)
    expect((await status(cluster().url(primary()))).out).toContain('GRANT pg_read_all_stats')
    await primary().sql('GRANT pg_read_all_stats TO mrdian')
    await standby().stop()
    const away = await status(cluster().url())
    expect(away.code).toBe(1)
    expect(away.out).toContain(
      `problem: 127.0.0.1:${standby().port}: no server answers there; start it, or correct the url\n`,
    )
    expect(away.out).toContain(
      `problem: nobody confirms changes (synchronous_standby_names is ${NAMES}): commands wait\n`,
    )
    const single = await asJson(cluster().url(primary()), '--accept-unreplicated')
    expect(single).toMatchObject({ code: 0, json: { problems: [] } })
    await standby().start()
    await owner.end()
  })

  it('refuses with one line what cannot be asked', async () => {
    const [nobody = 0] = await freePorts(1)
    expect(await status(`postgres://mrdian@127.0.0.1:${nobody}/mrdian`)).toEqual({
      code: 2,
      out: '',
      err: `mrdian: postgres://127.0.0.1:${nobody}/mrdian: no server answers there; start it, or correct the url\n`,
    })
    expect(await status(cluster().url().replace(encodeURIComponent(PASSWORD), 'wrong'))).toEqual({
      code: 2,
      out: '',
      err: `mrdian: ${shown()}: the user name or the password is wrong\n`,
    })
    expect(await status(`http://127.0.0.1:${nobody}`)).toEqual({
      code: 2,
      out: '',
      err: `mrdian: http://127.0.0.1:${nobody}: nothing listens there\n`,
    })
    const help = await run(['status', '--help'], { env: { MRDIAN_DATA: cluster().url() } })
    expect(help.out).not.toContain(encodeURIComponent(PASSWORD))
  })
})

it.runIf(isWhole)('mrdian status of a data file says which process has it', async () => {
  const file = join(await temporary(), 'state.db')
  const server = await serve(['--data', file])
  expect((await signIn(server.base)).status).toBe(202)
  const running = await asJson(file)
  expect(running).toEqual({
    code: 0,
    json: {
      file,
      owner: server.child.pid,
      lastPosition: expect.any(Number),
      history: expect.any(String),
      bytes: expect.any(Number),
    },
  })
  expect(running.json.lastPosition).toBeGreaterThan(0)
  expect((await status(file)).out).toContain(`  owner: process ${server.child.pid}\n`)
  await server.end()
  const stopped = await status(file)
  expect(stopped).toMatchObject({ code: 1, out: expect.stringContaining(`problem: no server runs on ${file}\n`) })
  expect(await asJson(file)).toMatchObject({ json: { owner: null, bytes: (await stat(file)).size } })
  expect(await status(`${file}.not-there`)).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/does not exist/),
  })
})
