/**
 * The suite for any server, against our own: as documented with its own names and with others, and every planted
 * difference is found. The suite knows the server only by its addresses.
 *
 * Slow, 30 s: some tests are played over real connections, each after a sign-out of everybody; more of them in `npm run
 * test:whole`.
 */
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type RunningServer, type ServerOptions, startServer } from '../../../src/cli/server.ts'
import { parseDirectory } from '../../../src/directory/index.ts'
import { start, temporary } from '../../cli/process.ts'
import { extent, isWhole, some } from '../../suite/extent.ts'
import { PATIENCE } from '../../suite/patience.ts'
import { readAgents } from './agents-file.ts'
import { type CheckOptions, check } from './check.ts'
import { cuttingProxy, httpProxy, swappingProxy } from './planted.ts'
import { differs, type Report, tableOf } from './report.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const SAMPLE = readFileSync(new URL('../../../src/directory/sample.yaml', import.meta.url), 'utf8')
const FREE = { restPort: 0, httpBindPort: 0, xmppPort: 0, data: ':memory:' } as const satisfies ServerOptions
const HOOK = `"${process.execPath}" "${here('acd-hook.ts')}"`
const AGENTS = await readAgents(here('agents.yaml'))
/** Most rows need only the first agent. Every other one takes forty requests before a check begins. */
const FIRST_AGENT = { ...AGENTS, agents: AGENTS.agents.slice(0, 1) }

let server: RunningServer
beforeAll(async () => {
  server = await startServer(FREE)
})
afterAll(() => server.close())

const http = (port: number | undefined) => `http://127.0.0.1:${port}`
const xmpp = (port: number | undefined) => `xmpp://127.0.0.1:${port}`

/** Checks the rows; by default of the server of this file, with one agent. */
function checked(only: readonly string[], options: Partial<CheckOptions> = {}): Promise<Report> {
  return check({
    rest: http(server.ports.rest),
    xmpp: xmpp(server.ports.xmpp),
    agents: FIRST_AGENT,
    hook: HOOK,
    longestWait: 0,
    patience: PATIENCE,
    told: () => undefined,
    noted: () => undefined,
    ...options,
    only,
  })
}

/** A line of a table. */
const DIFFERS = /^(?:\S+ +)?differs/m

const verdicts = ({ rows }: Report) => Object.fromEntries(rows.map(({ row, verdict }) => [row, verdict]))
const differing = ({ documents }: Report) => documents.filter((each) => each.differing > 0).map(({ kind }) => kind)

describe('our own server', () => {
  it('is as documented, in rows and documents', async () => {
    const told: string[] = []
    const report = await checked(extent(['A8', 'D7', 'V41'], ['A8', 'A24', 'D7', 'I13', 'V41']), {
      agents: AGENTS,
      told: (done, of) => told.push(`${done}/${of}`),
    })
    expect(tableOf(report)).not.toMatch(DIFFERS)
    expect(differs(report)).toBe(false)
    expect(verdicts(report)).toMatchObject({ A8: 'as documented', D7: 'as documented', V41: 'as documented' })
    expect(report.documents.map(({ kind }) => kind)).toContain('notification: Dialog of a task')
    expect(told.at(-1)).toMatch(/^(\d+)\/\1$/)
  })

  const OTHER_TRANSPORTS = [
    ['BOSH', () => `${http(server.ports.httpBind)}/http-bind`],
    ['WebSocket', () => `ws://127.0.0.1:${server.ports.httpBind}/ws`],
  ] as const
  it.each(some(OTHER_TRANSPORTS, 2))('is as documented over %s', async (_, address) => {
    expect(verdicts(await checked(['A3'], { xmpp: address() }))).toEqual({ A3: 'as documented' })
  })

  it.runIf(isWhole)('with other names: ids of users, MRDs and reason codes, selectors, extensions', async () => {
    const text = SAMPLE.replace(/"(500[123])"/g, (_, id: string) => `"7${id}"`)
      .replace(/"(100[126])"/g, (_, id: string) => `"ann${id}"`)
      .replace(/(extensions: \[)"ann(\d+)"/g, '$1"8$2"')
      .replace(/\{ id: "1([678])"/g, '{ id: "3$1"')
      .replace(/label: (Lunch|Team Meeting|End of Shift)/g, 'label: My $1')
      .replace(/(email|chat|social)_(\w+)/g, '$2.$1')
    const { directory, credentials } = parseDirectory(text, 'other.yaml')
    const other = await startServer({ ...FREE, directory: { directory, credentials } })
    onTestFinished(() => other.close())
    const agents = {
      agents: ['1001', '1002', '1006'].map((part) => ({
        ...{ user: `ann${part}`, password: 'secret', extension: `8${part}`, role: 'Agent' as const },
        ...(part === '1006' ? { plays: part } : {}),
      })),
      media: {
        email: { id: '75001', selectors: ['support.email', 'billing.email'] },
        chat: { id: '75002', selectors: ['sales.chat', 'support.chat'] },
        social: { id: '75003', selectors: ['support.social'] },
      },
      reasons: { notReady: ['36', '37'] as [string, string], logout: '38' },
    }
    const address = { rest: http(other.ports.rest), xmpp: xmpp(other.ports.xmpp), agents }
    const report = await checked(extent(['A7', 'S3', 'V41'], ['A7', 'A19', 'S3', 'V41']), address)
    expect(tableOf(report)).not.toMatch(DIFFERS)
    expect(verdicts(report)).toMatchObject({ A7: 'as documented', S3: 'as documented', V41: 'as documented' })
  })

  it('is as documented in what desktops read, in refusals and in sequences', async () => {
    const rows = ['15.1', '15.3', '15.4', 'user 4.10', 'user 4.6', 'user 8.2', 'dialog 9', 'user 1.3']
    const report = await checked(rows, { agents: AGENTS })
    const table = tableOf(report)
    expect(table).not.toMatch(DIFFERS)
    expect(report.parts.map(({ title }) => title)).toEqual([
      ...['What desktops read', 'Operations', 'Refusals', 'Sequences'],
    ])
    const others = report.parts.flatMap(({ tests }) => tests)
    expect(others.filter(({ verdict }) => verdict !== 'as documented')).toEqual([])
    expect(table).toContain(`\n\n${others.length} other tests: ${others.length} as documented, `)
    expect(report.documents.map(({ kind }) => kind)).toContain('GET TeamResource/{}/Workflows')
  })

  it('what a part needs and this server or this call lacks: not testable, with the reason', async () => {
    const [first] = AGENTS.agents
    const agents = { ...AGENTS, agents: first ? [first] : [], administrator: undefined }
    const report = await checked(['15.4', '15.5', '15.9', '15.12', '15.13', 'user 4.6', 'user 8.1'], {
      agents,
      hook: undefined,
    })
    const reasons = new Set(report.parts.flatMap(({ tests }) => tests).map(({ why, verdict }) => why || verdict))
    expect([...reasons].sort()).toEqual([
      'as documented',
      'it needs a second side (--rest-b, --xmpp-b)',
      'it needs an administrator',
      'it needs an agent who plays 1234',
      expect.stringMatching(/^it needs another directory: firstName: /),
      'it needs tasks or calls (--hook)',
    ])
  })

  it('with two sides: a move is played, if the test may wait', async () => {
    const two = await startServer({ ...FREE, sideB: { restPort: 0, xmppPort: 0, httpBindPort: 0 } })
    onTestFinished(() => two.close())
    const report = await checked(['15.12'], {
      ...{ rest: http(two.ports.rest), xmpp: xmpp(two.ports.xmpp) },
      agents: AGENTS,
      ...{ restB: http(two.sideB?.ports.rest), xmppB: xmpp(two.sideB?.ports.xmpp) },
    })
    const [{ tests } = { tests: [] }] = report.parts
    expect(tests.map(({ why }) => why)).toEqual([
      'it has to wait for 50 s (--wait)',
      expect.stringMatching(/^it needs another directory: settings: /),
    ])
  })

  it('without a hook: rows that need tasks or calls are not testable, and say why', async () => {
    const report = await checked(['A3', 'D5', 'P1', 'R1'], { hook: undefined })
    expect(verdicts(report)).toEqual({
      A3: 'as documented',
      D5: 'not testable here',
      P1: 'not testable here',
      R1: 'not testable here',
    })
    const table = tableOf(report)
    expect(table).toContain('    not testable here: it needs tasks or calls (--hook)')
    expect(table).toMatch(/^P1 +not testable here +its tests need faults, two sides or another clock/m)
  })

  it('with a hook that ends, or cannot do something: not testable', async () => {
    const broken = await checked(['D7'], { hook: 'exit 3' })
    expect(broken.rows[0]?.tests).toMatchObject([{ verdict: 'not testable here', why: 'the hook has ended with 3' }])
    const answer = 'console.log(JSON.stringify({ status: line.includes("/reset") ? 200 : 501 }))'
    const script = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => ${answer})`
    const file = join(await temporary(), 'hook.cjs')
    await writeFile(file, script)
    const unable = await checked(['D7'], { hook: `"${process.execPath}" "${file}"` })
    expect(unable.rows[0]?.tests).toMatchObject([{ why: 'the hook cannot do POST tasks' }])
  })

  it.runIf(isWhole)('connects again after its connection was cut between two tests', async () => {
    const proxy = await cuttingProxy(server.ports.xmpp ?? 0)
    onTestFinished(() => proxy.close())
    // Not after the last test, because the end of a broken stream takes the whole patience.
    const cutOnce = (done: number) => (done === 1 ? proxy.cut() : undefined)
    const report = await checked(['A3', 'A19'], { xmpp: xmpp(proxy.port), told: cutOnce })
    expect(verdicts(report)).toEqual({ A3: 'as documented', A19: 'as documented' })
  })

  it.runIf(isWhole)('without a mark of the end: the suite waits for silence', async () => {
    const unmarked = await httpProxy(server.ports.rest ?? 0, (asked, said) =>
      asked.endsWith('/Media/1') ? { status: 404, body: '' } : said,
    )
    onTestFinished(() => unmarked.close())
    const notes: string[] = []
    const report = await checked(['A3'], { rest: http(unmarked.port), noted: (line) => notes.push(line) })
    expect(notes).toEqual([expect.stringContaining('does not mark the end of notifications')])
    expect(verdicts(report)).toEqual({ A3: 'as documented' })
  })
})

describe('a planted difference is found', () => {
  const overProxy = async (only: readonly string[], change: Parameters<typeof httpProxy>[1]) => {
    const proxy = await httpProxy(server.ports.rest ?? 0, change)
    onTestFinished(() => proxy.close())
    return checked(only, { rest: http(proxy.port) })
  }

  it('an element that is missing', async () => {
    const report = await overProxy(['A3'], (asked, { status, body }) => ({
      status,
      body: asked.startsWith('GET ') ? body.replace(/<maxDialogLimit>\d<\/maxDialogLimit>/, '') : body,
    }))
    expect(differing(report)).toEqual(['GET Media'])
    expect(tableOf(report)).toContain('    -   maxDialogLimit: "')
    expect(differs(report)).toBe(true)
  })

  it.runIf(isWhole)('an element that is missing in what desktops read', async () => {
    const report = await overProxy(['user 4.10'], (_, { status, body }) => ({
      status,
      body: body.replace(/<systemCode>\w+<\/systemCode>/, ''),
    }))
    expect(differing(report)).toContain('GET User/{}/ReasonCodes?category')
    expect(tableOf(report)).toContain('    -     systemCode: "')
  })

  it.runIf(isWhole)('a resource that is absent, another refusal, and a sequence that goes on otherwise', async () => {
    const report = await overProxy(['user 1.8', 'user 1.3', '15.3'], (asked, said) => {
      if (asked.endsWith('/Workflows')) return { status: 501, body: '' }
      if (said.status === 401) return { status: 403, body: said.body }
      return asked === 'PUT /finesse/api/User/1001' && said.status === 202 ? { status: 200, body: '' } : said
    })
    const differ = report.parts.flatMap(({ tests }) => tests.filter(({ verdict }) => verdict === 'differs'))
    expect(differ.map(({ rows }) => rows[0]).sort()).toEqual(expect.arrayContaining(['15.3', 'user 1.3', 'user 1.8']))
    expect(differs(report)).toBe(true)
  })

  it('an order of elements', async () => {
    const report = await overProxy(['A3'], (_, { status, body }) => ({
      status,
      body: body.replace(/(<routable>\w+<\/routable>)(<state>\w+<\/state>)/, '$2$1'),
    }))
    expect(differing(report)).toEqual(['GET Media'])
    expect(tableOf(report)).toContain('(the order of elements)')
  })

  it('a status', async () => {
    const report = await overProxy(['A3', 'D8'], (asked, { status, body }) => ({
      status: asked.startsWith('PUT /finesse/api/Dialog/') && status === 202 ? 200 : status,
      body,
    }))
    expect(verdicts(report)).toEqual({ A3: 'as documented', D8: 'differs' })
    expect(differing(report)).toEqual([])
  })

  it.runIf(isWhole)('an order of notifications', async () => {
    const isFirst = (message: string) => message.includes('&lt;state&gt;RESERVED&lt;/state&gt;')
    const proxy = await swappingProxy(server.ports.xmpp ?? 0, isFirst)
    onTestFinished(() => proxy.close())
    const report = await checked(['D1'], { xmpp: xmpp(proxy.port) })
    expect(verdicts(report)).toEqual({ D1: 'differs' })
    expect(tableOf(report)).toMatch(/documented: \["MN 5001 RESERVED[^\n]+\n +found: +\["DN POST/)
  })
})

describe('npm run conformance', () => {
  const command = async (...args: readonly string[]) => {
    const { ended, child } = start(args, {}, here('main.ts'))
    child.stdin.end()
    return ended
  }

  it('ends with 0 and writes the report, or with 1 if something differs', async () => {
    const file = join(await temporary(), 'report.json')
    const args = ['--xmpp', xmpp(server.ports.xmpp), '--agents', here('agents.yaml'), '--only', 'A3,A19']
    const good = await command('--rest', http(server.ports.rest), '--json', file, ...args)
    expect([good.code, good.err]).toEqual([0, expect.stringMatching(/^(\d+) of \1 tests\n$/)])
    expect(good.out).toMatch(
      /2 rows: 1 as documented, 0 differs, 1 not testable here; \d+ kinds of documents: 0 differ\n$/,
    )
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ rows: [{ row: 'A3' }, { row: 'A19' }] })
    const proxy = await httpProxy(server.ports.rest ?? 0, (_, { status, body }) => ({
      status,
      body: body.replace('<routable>', '<routeable>').replace('</routable>', '</routeable>'),
    }))
    onTestFinished(() => proxy.close())
    expect((await command('--rest', http(proxy.port), ...args)).code).toBe(1)
  })

  it.each([
    ['no address', [], "required option '--rest <url>' not specified"],
    ['an address of another kind', ['--rest', 'ftp://x'], 'a URL with http://, https://'],
    ['a row that nobody knows', ['--only', 'Z9'], '--only: no test of Z9 can be run here'],
    ['half a second side', ['--only', 'A2', '--rest-b', 'http://x'], '--rest-b and --xmpp-b belong together'],
    ['a server that is not there', ['--only', 'A2'], 'conformance: http://127.0.0.1:1 cannot be reached: '],
  ])('ends with 2: %s', async (_, more, words) => {
    const address = more[0] === '--only' ? ['--rest', 'http://127.0.0.1:1', '--xmpp', 'xmpp://127.0.0.1:1'] : []
    const agents = address.length > 0 ? ['--agents', here('agents.yaml')] : []
    const { code, err } = await command(...address, ...agents, ...more)
    expect([code, err]).toEqual([2, expect.stringContaining(words)])
  })

  it('explains itself', async () => {
    const { code, out } = await command('--help')
    expect(code).toBe(0)
    expect(out).toContain('Exit codes: 0 all as documented; 1 something differs; 2 usage')
  })
})
