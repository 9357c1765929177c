/**
 * `mrdian serve --standby` as a process: it follows the database of another server, and takes over without a load.
 *
 * Slow, 30 s: it starts PostgreSQL, and the program twice in each test. More in `npm run test:whole`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { clusterOfFile, describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { type Ended, FREE, type Running, serve, start, temporary } from './process.ts'

const agent = { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' }
const admin = { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' }
const CHAT =
  '<Media><state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>'
const READY = '<Media><state>READY</state></Media>'
const DIRECTORY = readFileSync('test/crash/directory.yaml', 'utf8')

async function ask(base: string, path: string, body?: string) {
  const answer = await fetch(`${base}/finesse/api/${path}`, {
    headers: agent,
    ...(body === undefined ? {} : { method: 'PUT', body }),
  })
  return { status: answer.status, text: await answer.text() }
}

const stateOf = ({ text }: { readonly text: string }) => text.match(/<state>(\w+)<\/state>/)?.[1]

const log = z.looseObject({ msg: z.string() })
const linesOf = ({ out }: Ended) =>
  out
    .split('\n')
    .filter(Boolean)
    .map((line) => log.parse(JSON.parse(line)))

/** Asks until the answer satisfies; the time limit of the test ends it. */
async function until<T>(read: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await read()
    if (isIt(seen)) return seen
  }
}

/** The first line of the program, from the call on, with these words. */
function lineOf({ stdout }: ReturnType<typeof start>['child'], words: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let seen = ''
    stdout.on('data', (text: string) => {
      seen += text
      const line = seen
        .split('\n')
        .slice(0, -1)
        .find((each) => each.includes(words))
      if (line !== undefined) resolve(log.parse(JSON.parse(line)))
    })
    stdout.once('end', () => reject(new Error(`ended before "${words}": ${seen}`)))
  })
}

describeWithPostgres('mrdian serve --standby', () => {
  const cluster = clusterOfFile(0)
  const sql = (statement: string) => cluster().primary.sql(statement, 'mrdian')
  const journal = async (columns: string) =>
    (await sql(`SELECT ${columns} FROM mrdian.journal ORDER BY position`)).split('\n')

  /** An owner with an agent who is ready for a chat, and a standby that has followed so far. */
  const both = async () => {
    const directory = join(await temporary(), 'directory.yaml')
    writeFileSync(directory, DIRECTORY)
    const data = ['--data', cluster().url(), '--accept-unreplicated', '--directory', directory]
    const owner = await serve(data)
    const standby = start(['serve', ...FREE, ...data, '--standby'])
    const inService = lineOf(standby.child, '"in service"')
    inService.catch(() => undefined)
    const { health } = z.looseObject({ health: z.string() }).parse(await lineOf(standby.child, '"standby of'))
    const healthOf = async () => {
      const answer = await fetch(health)
      return { code: answer.status, ...z.looseObject({ behind: z.number().nullable() }).parse(await answer.json()) }
    }
    const metrics = async () => (await fetch(new URL('/metrics', health))).text()
    await until(healthOf, ({ behind }) => behind === 0)
    expect((await ask(owner.base, 'User/1001/Media/5002', CHAT)).status).toBe(202)
    expect((await ask(owner.base, 'User/1001/Media/5002', READY)).status).toBe(202)
    const base = async () => {
      const { ports } = z.looseObject({ ports: z.looseObject({ rest: z.number() }) }).parse(await inService)
      return `http://127.0.0.1:${ports.rest}`
    }
    return { owner, standby, healthOf, metrics, base, directory }
  }

  const offer = async ({ base }: Pick<Running, 'base'>) => {
    const body = JSON.stringify({ scriptSelector: 'chat_sales' })
    expect((await fetch(`${base}/acd/tasks`, { method: 'POST', headers: admin, body })).status).toBe(201)
  }

  /** The standby says that it took over after rows, and has loaded nothing since. */
  const isHot = (ended: Ended) => {
    expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' })
    const over = linesOf(ended).find(({ msg }) => msg.startsWith('took over after'))
    expect(over).toMatchObject({ rows: expect.any(Number), loads: 1, msg: `took over after ${over?.rows} rows` })
    expect(over?.rows).toBeGreaterThan(0)
  }

  it('has after kill -9 of the other what that one confirmed, fires its deadlines, and has loaded nothing', async () => {
    const { owner, standby, healthOf, metrics, base } = await both()
    await offer(owner)
    expect(stateOf(await ask(owner.base, 'User/1001/Media/5002'))).toBe('RESERVED')
    expect(await until(healthOf, ({ behind }) => behind === 0)).toMatchObject({ code: 503, status: 'OUT_OF_SERVICE' })
    // The owner may write more at any time, so all are of one moment.
    const applied = (text: string) =>
      /^mrdian_standby_rows_total [1-9]/m.test(text) && text.includes('\nmrdian_standby_rows_behind 0\n')
    const gauges = (await until(metrics, applied)).split('\n').filter((line) => !line.startsWith('#'))
    expect(gauges).toEqual([
      'mrdian_standby 1',
      'mrdian_standby_rows_behind 0',
      expect.stringMatching(/^mrdian_standby_rows_total \d+$/),
      'mrdian_standby_loads_total 1',
      '',
    ])
    await owner.end('SIGKILL')
    const written = await sql('SELECT last_outbox_number FROM mrdian.store')
    const here = await base()
    // The agent did not accept the chat in time: while nobody was the owner, or soon after.
    const after = await until(
      () => ask(here, 'User/1001/Media/5002'),
      (answer) => stateOf(answer) === 'READY',
    )
    expect(after.text).toContain('<routable>false</routable>')
    expect((await ask(here, 'User/1001/Media/5002', '<Media><routable>true</routable></Media>')).status).toBe(202)
    standby.child.kill('SIGTERM')
    isHot(await standby.ended)
    const timeouts = (await journal('input')).filter((input) => input.includes('"name":"START_TIMEOUT"'))
    expect(timeouts.length).toBeGreaterThan(0)
    expect(await sql(`SELECT count(*) FROM mrdian.outbox WHERE number <= ${written}`)).toBe('0')
  })

  it.runIf(isWhole)('takes over when the other stops, with the directory as it is then', async () => {
    const { owner, standby, base, directory } = await both()
    const before = await ask(owner.base, 'User/1001/Media/5002')
    writeFileSync(directory, DIRECTORY.replace('loginName: areyes', 'loginName: areyes, lastName: Newname'))
    expect((await owner.end()).code).toBe(0)
    const here = await base()
    expect(await ask(here, 'User/1001/Media/5002')).toEqual(before)
    expect((await ask(here, 'User/1001')).text).toContain('<lastName>Newname</lastName>')
    standby.child.kill('SIGTERM')
    isHot(await standby.ended)
  })

  it.runIf(isWhole)(
    'takes over from one that is suspended, which writes nothing any more and ends with exit code 3',
    async () => {
      const { owner, standby, base } = await both()
      owner.child.kill('SIGSTOP')
      // Not answered, or refused when the process goes on.
      const lost = ask(owner.base, 'User/1001/Media/5002', '<Media><state>LOGOUT</state></Media>').catch(
        () => undefined,
      )
      const here = await base()
      const rows = await journal('position')
      owner.child.kill('SIGCONT')
      expect((await owner.ended).code).toBe(3)
      expect((await lost)?.status ?? 503).toBe(503)
      expect(await journal('position')).toEqual(rows)
      expect(stateOf(await ask(here, 'User/1001/Media/5002'))).toBe('READY')
      standby.child.kill('SIGTERM')
      isHot(await standby.ended)
    },
  )
})
