/**
 * `mrdian serve --data postgres://…` as a process.
 *
 * Slow, 40 s: it starts PostgreSQL, and the program several times. More in `npm run test:whole`.
 */
import { expect, it } from 'vitest'
import { z } from 'zod'
import { clusterOfFile, describeWithPostgres, PASSWORD } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { freePorts } from '../suite/free-ports.ts'
import { FREE, type Running, run, serve, start } from './process.ts'

const agent = { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' }
const SIGN_IN = '<User><state>LOGIN</state><extension>1001</extension></User>'
const MEDIA =
  '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>'
const READY = '<Media><state>READY</state></Media>'

/** Sends a request as agent 1001. */
async function ask({ base }: Pick<Running, 'base'>, path: string, body?: string) {
  const answer = await fetch(`${base}/finesse/api/${path}`, {
    headers: agent,
    ...(body === undefined ? {} : { method: 'PUT', body }),
  })
  return { status: answer.status, text: await answer.text() }
}

async function healthOf({ base }: Pick<Running, 'base'>) {
  const answer = await fetch(`${base}/health`)
  return { code: answer.status, ...z.looseObject({}).parse(await answer.json()) }
}

/** Asks until the answer satisfies; the time limit of the test ends it. */
async function until<T>(read: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await read()
    if (isIt(seen)) return seen
  }
}

/** The first line of the program from now on that contains the words. */
function lineOf({ stdout }: ReturnType<typeof start>['child'], words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = ''
    stdout?.on('data', (text: string) => {
      seen += text
      const line = seen
        .split('\n')
        .slice(0, -1)
        .find((each) => each.includes(words))
      if (line !== undefined) resolve(line)
    })
    stdout?.once('end', () => reject(new Error(`ended before "${words}": ${seen}`)))
  })
}

const SECRETS = [PASSWORD, encodeURIComponent(PASSWORD)]
const withoutSecrets = (text: string) => SECRETS.every((secret) => !text.includes(secret))

/** A program in which the package `postgres` is missing. */
const WITHOUT_PACKAGE = `--import=data:text/javascript,${encodeURIComponent(
  'import { registerHooks } from "node:module"; registerHooks({ resolve(name, context, next) { if (name === "postgres") throw new Error("not found"); return next(name, context) } })',
)}`

describeWithPostgres('mrdian serve on PostgreSQL', () => {
  const cluster = clusterOfFile(0)
  const shown = () => `postgres://127.0.0.1:${cluster().primary.port}/mrdian`
  const begin = (...flags: readonly string[]) => serve(['--data', cluster().url(), '--accept-unreplicated', ...flags])

  it('has after kill -9 what it confirmed, and the password is in none of its texts', async () => {
    const first = await begin()
    expect(first.banner.surfaces.data).toBe(shown())
    expect(await ask(first, 'User/1001', SIGN_IN)).toMatchObject({ status: 202 })
    expect(await ask(first, 'User/1001/Media/5001', MEDIA)).toMatchObject({ status: 202 })
    expect(await ask(first, 'User/1001/Media/5001', READY)).toMatchObject({ status: 202 })
    const before = await ask(first, 'User/1001/Media/5001')
    expect(before.text).toContain('<state>READY</state>')
    const killed = await first.end('SIGKILL')

    // The database is free for the next one when the lease of the killed one is over.
    const second = await begin('--journal-retention', '7d')
    expect(await ask(second, 'User/1001/Media/5001')).toEqual(before)
    const texts = [JSON.stringify(await healthOf(second)), await (await fetch(`${second.base}/metrics`)).text()]
    const stopped = await second.end()
    expect(stopped.code).toBe(0)

    // A stopped one has closed the store, so the third does not wait.
    expect(await cluster().primary.sql("SELECT expires_at = 'epoch' FROM mrdian.lease", 'mrdian')).toBe('t')
    const all = [killed.out, killed.err, stopped.out, stopped.err, ...texts]
    expect(all.filter((text) => !withoutSecrets(text))).toEqual([])
  })

  it.runIf(isWhole)('takes the url from MRDIAN_DATA, and the password from PGPASSWORD', async () => {
    const without = cluster()
      .url()
      .replace(/:[^:@/]+@/, '@')
    const flags = ['--rest-port', '0', '--http-bind-port', 'off', '--xmpp-port', 'off', '--accept-unreplicated']
    const { child, ended } = start(['serve', ...flags], { MRDIAN_DATA: without, PGPASSWORD: PASSWORD })
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (text: string) => text.includes('"in service"') && resolve())
      child.once('exit', () => resolve())
    })
    child.kill('SIGTERM')
    const { code, out, err } = await ended
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`"data":"${shown()}"`)
  })

  it('waits at the start for a server that is away, and says so', async () => {
    await cluster().primary.stop()
    const starting = start(['serve', ...FREE, '--data', cluster().url(), '--accept-unreplicated'])
    const says = (words: string) =>
      new Promise<void>((resolve) => {
        let seen = ''
        starting.child.stdout.on('data', (text: string) => {
          seen += text
          if (seen.includes(words)) resolve()
        })
      })
    const inService = says('"in service"')
    await says(`${shown()}: no server answers there; start it, or correct the url; trying again`)
    await cluster().primary.start()
    await inService
    starting.child.kill('SIGTERM')
    expect((await starting.ended).code).toBe(0)
  })

  it.runIf(isWhole)(
    'answers commands with 503 while the server is away, says so in /health and SystemInfo, and returns',
    async () => {
      const server = await begin()
      expect(await ask(server, 'User/1001', SIGN_IN)).toMatchObject({ status: 202 })
      await cluster().primary.stop('SIGKILL')
      // If it was sent before the loss was noticed, it has its answer when the server is back: until then nobody knows it.
      const first = ask(server, 'User/1001/Media/5001', MEDIA)
      const away = await until(
        () => healthOf(server),
        ({ code }) => code === 503,
      )
      expect(away).toMatchObject({ status: 'OUT_OF_SERVICE', reason: expect.stringContaining('the store') })
      expect(await ask(server, 'SystemInfo')).toMatchObject({ text: expect.stringContaining('OUT_OF_SERVICE') })
      expect(await ask(server, 'User/1001/Media/5001', READY)).toMatchObject({ status: 503 })
      await cluster().primary.start()
      await until(
        () => healthOf(server),
        ({ code }) => code === 200,
      )
      await first
      expect(await ask(server, 'User/1001/Media/5002', MEDIA)).toMatchObject({ status: 202 })
      const { code, out, err } = await server.end()
      expect({ code, err, isSafe: withoutSecrets(out) }).toEqual({ code: 0, err: '', isSafe: true })
      expect(out).toContain(`${shown()}: connected again`)
    },
  )

  it.runIf(isWhole)(
    'says that the database is away although nobody asks for a change, and returns by itself',
    async () => {
      const server = await begin()
      await cluster().primary.stop('SIGKILL')
      const away = await until(
        () => healthOf(server),
        ({ code }) => code === 503,
      )
      expect(away).toMatchObject({ status: 'OUT_OF_SERVICE', reason: expect.stringContaining('the store') })
      expect(await (await fetch(`${server.base}/metrics`)).text()).toContain('\nmrdian_store_ok 0\n')
      await cluster().primary.start()
      await until(
        () => healthOf(server),
        ({ code }) => code === 200,
      )
      expect(await ask(server, 'User/1001', SIGN_IN)).toMatchObject({ status: 202 })
      expect((await server.end()).code).toBe(0)
    },
  )

  it('ends with code 3 when another process has taken the database over', async () => {
    const server = await begin()
    await cluster().primary.sql("UPDATE mrdian.store SET owner = 'other', epoch = epoch + 1", 'mrdian')
    await cluster().primary.sql("UPDATE mrdian.lease SET owner = 'other', expires_at = 'epoch'", 'mrdian')
    const { code, out } = await server.ended
    expect(code).toBe(3)
    expect(out).toContain(`${shown()}: another process has taken the store over`)
  })

  it.runIf(isWhole)(
    'as a standby waits for the other server, says so, and has after its kill what that one confirmed',
    async () => {
      const first = await begin()
      await ask(first, 'User/1001', SIGN_IN)
      const flags = ['--data', cluster().url(), '--accept-unreplicated', '--standby']
      const standby = start(['serve', ...FREE, ...flags])
      const owner = expect.stringMatching(new RegExp(` \\(process ${first.child.pid}\\)$`))
      const known = lineOf(standby.child, '"requests are passed on to')
      const line = JSON.parse(await lineOf(standby.child, '"standby of'))
      expect(line).toMatchObject({ owner, msg: `standby of ${line.owner}` })
      const health = await fetch(line.health)
      const waiting = { status: 'OUT_OF_SERVICE', reason: `The server is a standby of ${line.owner}`, standbyOf: owner }
      expect({ code: health.status, body: await health.json() }).toMatchObject({ code: 503, body: waiting })
      const base = new URL('/', line.health).href.replace(/\/$/, '')
      // Either process answers.
      await known
      expect(await ask({ base }, 'User/1001/Media/5001', MEDIA)).toMatchObject({ status: 202 })
      expect(await ask(first, 'User/1001/Media/5001', READY)).toMatchObject({ status: 202 })
      const before = await ask({ base }, 'User/1001/Media/5001')
      expect(await ask(first, 'User/1001/Media/5001')).toEqual(before)

      const inService = lineOf(standby.child, '"in service"')
      await first.end('SIGKILL')
      const { ports } = JSON.parse(await inService)
      expect(await ask({ base: `http://127.0.0.1:${ports.rest}` }, 'User/1001/Media/5001')).toEqual(before)
      standby.child.kill('SIGTERM')
      expect((await standby.ended).code).toBe(0)
    },
  )

  it.runIf(isWhole)('as a standby starts when the other server stops, and ends at SIGTERM while it waits', async () => {
    const first = await begin()
    const flags = ['--data', cluster().url(), '--accept-unreplicated', '--standby']
    const [next, last] = [start(['serve', ...FREE, ...flags]), start(['serve', ...FREE, ...flags])]
    await Promise.all([next, last].map(({ child }) => lineOf(child, '"standby of')))
    last.child.kill('SIGTERM')
    const { code, out, err } = await last.ended
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('stopped before it was in service')
    const inService = lineOf(next.child, '"in service"')
    await first.end()
    await inService
    next.child.kill('SIGTERM')
    expect((await next.ended).code).toBe(0)
  })

  it('refuses with one line and without the password what cannot start', async () => {
    const url = cluster().url()
    const [nobody = 0] = await freePorts(1)
    const refused = async (flags: readonly string[], env = {}) => {
      const { code, out, err } = await run(['serve', ...FREE, ...flags], { env })
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(withoutSecrets(err)).toBe(true)
      return err
    }
    const wrong = url.replace(encodeURIComponent(PASSWORD), 'wrong-password')
    const start = 'mrdian: database: '
    expect(await refused(['--data', wrong])).toBe(`${start}${shown()}: the user name or the password is wrong\n`)
    expect(await refused(['--data', url])).toBe(
      `${start}${shown()}: the server confirms a change before a second machine has it, because synchronous_standby_names is empty; set up synchronous replication, or accept the risk: --accept-unreplicated\n`,
    )
    expect(await refused(['--data', url.replace(/mrdian$/, 'other')])).toBe(
      `${start}postgres://127.0.0.1:${cluster().primary.port}/other: there is no such database; create it first\n`,
    )
    expect(await refused(['--data', url], { NODE_OPTIONS: WITHOUT_PACKAGE })).toBe(
      `${start}a store in PostgreSQL needs the package \`postgres\`; install it with \`npm install postgres\`\n`,
    )
    const owner = await begin()
    expect(await refused(['--data', url, '--accept-unreplicated'])).toMatch(
      new RegExp(
        `^${start}${shown()} is already open: .* \\(process ${owner.child.pid}\\) has it; stop that one, or wait for its end: --standby\n$`,
      ),
    )
    const help = ' (see mrdian serve --help)\n'
    expect(await refused(['--data', url, '--accept-older-data'])).toBe(
      `mrdian: --accept-older-data is for data files, and --data is a database: leave it out${help}`,
    )
    expect(await refused(['--accept-unreplicated'])).toBe(
      `mrdian: --accept-unreplicated is for PostgreSQL: give --data postgres://…${help}`,
    )
    expect(await refused(['--advertise', 'http://db1.example.com:8082'])).toBe(
      `mrdian: --advertise is for PostgreSQL: give --data postgres://…${help}`,
    )
    const both = ['--data', url, '--serves', 'B', '--standby', '--side-b']
    for (const missing of ['--standby', '--side-b'])
      expect(await refused(both.filter((flag) => flag !== missing))).toBe(
        `mrdian: --serves is for a pair of servers with two sides: give --side-b and --standby as well${help}`,
      )
    expect(await refused([...both, '--rest-port-b', '18082'])).toBe(
      `mrdian: with --serves, the ports without -b are those of the side that is served: give --rest-port, not --rest-port-b${help}`,
    )
    for (const wrong of ['db1.example.com:8082', 'http://db1.example.com:8082/finesse', 'http://user@db1.example.com'])
      expect(await refused(['--data', url, '--advertise', wrong])).toContain(
        'An address looks like http://db1.example.com:8082, without a path.',
      )
    for (const part of ['a@b', '12/b', '12?b', '12/b?c'])
      expect(await refused(['--data', `postgres://mrdian:${part}@127.0.0.1:${nobody}/mrdian`])).toBe(
        `mrdian: --data: the url of the store cannot be used: a special character in it is not percent-encoded${help}`,
      )
    expect(await refused(['--data', `postgres://mrdian:${PASSWORD}@127.0.0.1:${nobody}/mrdian`])).toMatch(
      /^mrdian: --data: the url of the store cannot be used: .*\n$/,
    )
  })

  it.runIf(isWhole)(
    'is read by journal, replay, explain, report and record, and refused by commands for files',
    async () => {
      const url = cluster().url()
      const owner = await begin()
      expect(await run(['journal', url, '--aggregate', 'user/1001'])).toMatchObject({ code: 0, err: '' })
      expect(await run(['replay', url])).toMatchObject({ code: 0, out: expect.stringContaining('no difference') })
      expect(await run(['explain', '1001', '--data', url])).toMatchObject({ code: 0, err: '' })
      expect(await run(['report', url])).toMatchObject({ code: 0 })
      expect(await run(['record', url])).toMatchObject({ code: 0 })
      await owner.end()
      const commands = [
        ['backup', url, 'copy.db'],
        ['rescue', url, 'copy.db'],
        ['erase', url, '--call', '1', '--yes'],
        ['inspect', url, '--user', '1001', '--json'],
        [
          'follow',
          '--rest',
          'http://127.0.0.1:1',
          '--xmpp',
          'xmpp://127.0.0.1:1',
          '--domain',
          'localhost',
          '--data',
          url,
        ],
      ]
      const err = `mrdian: this command is for data files, and ${shown()} is a database\n`
      for (const command of commands) expect(await run(command)).toMatchObject({ code: 2, err })
    },
  )
})
