/** The board's page, tickets and stream, without a browser. */
import { isDeepStrictEqual } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { startServer } from '../../../src/cli/server.ts'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { User } from '../../../src/directory/model.ts'
import type { BoardCell } from '../../../src/inspect/board/protocol.ts'
import { basic, boardStage, CHAT, EMAIL, isReady, type Stage, watch } from './stage.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function staged(options: Parameters<typeof boardStage>[0] = {}): Promise<Stage> {
  const stage = await boardStage(options)
  open.push(stage.close)
  return stage
}

async function watching(stage: Stage, credentials: string) {
  const watcher = await watch(stage, `?ticket=${await stage.ticket(credentials)}`)
  await watcher.until(isReady)
  return watcher
}

describe('the page', () => {
  it('is served to anybody, contains no data, and allows no other sources', async () => {
    const { base } = await staged()
    for (const path of ['', '/']) {
      const answer = await fetch(`${base}/inspect/board${path}`)
      expect(answer.status).toBe(200)
      const html = await answer.text()
      expect(html).not.toMatch(/Reyes|1001|<script(?! src)|<style|style=|\son\w+=/)
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    for (const [name, type] of [
      ['board.js', 'text/javascript; charset=utf-8'],
      ['board.css', 'text/css; charset=utf-8'],
      ['icon.svg', 'image/svg+xml'],
    ] as const) {
      const answer = await fetch(`${base}/inspect/board/${name}`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
      const again = await fetch(`${base}/inspect/board/${name}`, {
        headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
      })
      expect(again.status).toBe(304)
    }
  })

  it.each([
    ['not by itself', {}, false],
    ['with --board', { board: true }, true],
    ['with --inspect', { inspect: 'viewer' }, true],
    ['not with --inspect --board off', { inspect: 'viewer', board: false }, false],
  ] as const)('mrdian serves it %s', async (_, options, isServed) => {
    const ports = { data: ':memory:', restPort: 0, httpBindPort: 'off', xmppPort: 'off' } as const
    const server = await startServer({ ...ports, ...options })
    open.push(() => server.close())
    const base = `http://127.0.0.1:${server.ports.rest}`
    expect((await fetch(`${base}/inspect/board`)).status).toBe(isServed ? 200 : 404)
    const watching = watch({ base }, '', { authorization: basic('admin:secret') })
    if (!isServed) return expect(watching).rejects.toThrow('status 404')
    const watcher = await watching
    await watcher.until(isReady)
    const [begin] = watcher.messages
    expect(begin?.type === 'begin' && begin.hasInspector).toBe('inspect' in options)
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('mrdian_board_viewers 1')
  })
})

describe('access', () => {
  it('is for administrators and supervisors, not for agents, and not with a wrong password', async () => {
    const stage = await staged()
    const answered = async (credentials: string) => {
      const answer = await stage.admit(basic(credentials))
      return [answer.status, await answer.json()]
    }
    expect(await answered('admin:secret')).toMatchObject([200, { viewer: { id: 'admin', role: 'administrator' } }])
    expect(await answered('csmith:secret')).toMatchObject([200, { viewer: { id: '1234', role: 'supervisor' } }])
    expect(await answered('1001:secret')).toEqual([
      403,
      { error: 'FORBIDDEN', message: '1001 is not a supervisor or an administrator', about: '1001' },
    ])
    expect(await answered('1234:wrong')).toMatchObject([401, { error: 'UNAUTHENTICATED' }])
    await expect(watch(stage, '', { authorization: basic('1001:secret') })).rejects.toThrow('status 403')
    await expect(watch(stage, '?ticket=x')).rejects.toThrow('status 401')
    await expect(watch(stage, '')).rejects.toThrow('status 401')
  })

  it('five wrong passwords lock the account here as well (ruling 20)', async () => {
    const stage = await staged()
    for (let attempt = 0; attempt < 5; attempt += 1) await stage.admit(basic('1234:wrong'))
    expect((await stage.admit(basic('1234:secret'))).status).toBe(401)
    await stage.clock.advance(300_000)
    expect((await stage.admit(basic('1234:secret'))).status).toBe(200)
  })

  it('a ticket works once', async () => {
    const stage = await staged()
    const ticket = await stage.ticket('admin:secret')
    await watch(stage, `?ticket=${ticket}`)
    await expect(watch(stage, `?ticket=${ticket}`)).rejects.toThrow('status 401')
  })

  it('pages of other origins get neither tickets nor streams', async () => {
    const stage = await staged()
    const origin = 'http://evil.example.com'
    expect((await stage.admit(basic('admin:secret'), { origin })).status).toBe(403)
    const ticket = await stage.ticket('admin:secret')
    await expect(watch(stage, `?ticket=${ticket}`, { origin })).rejects.toThrow('status 403')
    await expect(watch(stage, `?ticket=${ticket}`, { host: 'rebound.example.com' })).rejects.toThrow('status 403')
  })
})

describe('the stream', () => {
  it('begins with everything, in numbered messages', async () => {
    const stage = await staged()
    const watcher = await watching(stage, 'admin:secret')
    const [begin] = watcher.messages
    expect(begin).toMatchObject({
      type: 'begin',
      agents: 7,
      mrds: [
        { id: '1', name: 'Voice' },
        { id: '5001', name: 'Email' },
        { id: '5002', name: 'Chat' },
        { id: '5003', name: 'Social' },
      ],
      sides: [{ side: 'A', status: 'IN_SERVICE', reason: '' }],
      limits: { waitMs: {}, stateMs: {} },
      hasInspector: true,
    })
    expect(watcher.messages.map(({ number }) => number)).toEqual(watcher.messages.map((_, index) => index + 1))
    expect(watcher.agents.size).toBe(7)
    expect(Object.keys(watcher.agents.get('1006')?.cells ?? {})).toEqual(['1', '5001', '5002'])
  })

  it('sends presence, states, reasons and dialogs as they change, and nothing about agents that did not change', async () => {
    const stage = await staged()
    const watcher = await watching(stage, 'admin:secret')
    const before = watcher.messages.length
    await stage.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/d', available: true })
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await stage.command({ type: 'user.setState', user: '1001', state: 'NOT_READY', reasonCodeId: '17' })
    await stage.ready('1001', EMAIL)
    await stage.works('1001', EMAIL, 'email_support')
    const now = stage.clock.now()
    await watcher.until(({ agents }) => agents.get('1001')?.cells[EMAIL]?.state === 'ACTIVE')
    expect(watcher.agents.get('1001')).toEqual({
      id: '1001',
      name: 'Ana Reyes',
      loginName: 'areyes',
      team: '2001',
      presence: { A: 'PRESENT' },
      side: 'A',
      cells: {
        '1': { state: 'NOT_READY', since: now, dialogs: 0, reason: 'Lunch', prevented: { why: 'NOT_READY' } },
        '5001': { state: 'ACTIVE', since: now, dialogs: 1, limit: 3 },
        '5002': { state: 'LOGOUT', since: null, dialogs: 0, prevented: { why: 'NOT_SIGNED_IN' } },
        '5003': { state: 'LOGOUT', since: null, dialogs: 0, prevented: { why: 'NOT_SIGNED_IN' } },
      },
    })
    const told = watcher.messages
      .slice(before)
      .flatMap((message) => (message.type === 'change' ? (message.agents ?? []) : []))
    expect(new Set(told.map(({ id }) => id))).toEqual(new Set(['1001']))
  })

  it('sends queues, and a side that goes out of service', async () => {
    const stage = await staged()
    const watcher = await watching(stage, 'admin:secret')
    await stage.engine.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales' })
    await watcher.until(({ messages }) => messages.some((message) => message.type === 'change' && message.queues))
    const last = watcher.messages.findLast((message) => message.type === 'change')
    expect(last?.type === 'change' && last.queues?.find(({ mrd }) => mrd === CHAT)).toEqual({
      mrd: CHAT,
      name: 'Chat',
      waiting: 1,
      reserved: 0,
      oldestQueuedAt: stage.clock.now(),
    })
    await stage.engine.fault({ type: 'acd-link', side: 'A', up: false })
    await watcher.until(({ messages }) =>
      messages.some((message) => message.type === 'change' && message.sides?.[0]?.status === 'OUT_OF_SERVICE'),
    )
  })

  it('tells of calls that wait, in all queues of calls together', async () => {
    const stage = await staged()
    const watcher = await watching(stage, 'admin:secret')
    const [begin] = watcher.messages
    const voice = { mrd: '1', name: 'Voice', waiting: 0, reserved: 0, oldestQueuedAt: null }
    expect(begin?.type === 'begin' && begin.queues.find(({ mrd }) => mrd === '1')).toEqual(voice)
    for (const queue of ['701', '702']) await stage.engine.acd?.submitCall({ from: '5550100', queue })
    const isTold = () => watcher.messages.findLast((message) => message.type === 'change' && message.queues)
    await watcher.until(() => isTold() !== undefined)
    const last = isTold()
    expect(last?.type === 'change' && last.queues?.find(({ mrd }) => mrd === '1')).toEqual({
      ...{ ...voice, waiting: 2, oldestQueuedAt: stage.clock.now() },
    })
  })

  it('shows supervisors only the teams that they supervise', async () => {
    const stage = await staged()
    const watcher = await watching(stage, '1234:secret')
    const [begin] = watcher.messages
    expect(begin?.type === 'begin' && begin.teams.map(({ id }) => id)).toEqual(['2001', '2002', '2003'])
    expect([...watcher.agents.keys()].sort()).toEqual(['1001', '1002', '1003', '1004', '1005', '1006'])
    await stage.command({ type: 'user.signIn', user: '1234', extension: '1001001' })
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await watcher.until(({ agents }) => agents.get('1001')?.cells['1']?.state === 'NOT_READY')
    expect(watcher.agents.has('1234')).toBe(false)
  })

  it('begins again with another directory, and ends for a user who has lost the right', async () => {
    const stage = await staged()
    const { directory } = await loadDirectory()
    const watcher = await watching(stage, '1234:secret')
    const reloadWith = (change: Partial<User>) =>
      stage.engine.reload({
        ...directory,
        users: directory.users.map((user) => (user.id === '1234' ? { ...user, ...change } : user)),
      })
    const begins = () => watcher.messages.filter((message) => message.type === 'begin')
    await reloadWith({ supervises: ['2003'] })
    await watcher.until(() => begins().length > 1)
    expect(begins().map(({ agents, teams }) => [agents, teams.map(({ id }) => id)])).toEqual([
      [6, ['2001', '2002', '2003']],
      [1, ['2003']],
    ])
    await reloadWith({ roles: ['Agent'], supervises: [] })
    expect(await watcher.closed).toBe(4403)
  })

  it('contains no data of customers', async () => {
    const stage = await staged()
    const watcher = await watching(stage, 'admin:secret')
    await stage.ready('1001', CHAT)
    await stage.engine.acd?.submitTask({
      mrd: CHAT,
      scriptSelector: 'chat_sales',
      agentId: '1001',
      variables: [{ name: 'callVariable1', value: 'the secret of the customer' }],
    })
    await watcher.until(({ agents }) => agents.get('1001')?.cells[CHAT]?.state === 'RESERVED')
    expect(JSON.stringify(watcher.messages)).not.toContain('secret of the customer')
  })

  it('tells of mobile agents and their nailed connections, without the numbers of their telephones (user 7)', async () => {
    const stage = await staged()
    const watcher = await watching(stage, 'admin:secret')
    const dialNumber = '5550177'
    const answers = { outcome: 'answer', ringSeconds: 5, talkSeconds: null } as const
    await stage.engine.acd?.changeNetwork({ numbers: { [dialNumber]: answers } })
    const signIn = (mode: 'NAILED_CONNECTION' | 'CALL_BY_CALL') =>
      stage.command({ type: 'user.signIn', user: '1006', extension: '1006', mobileAgent: { mode, dialNumber } })
    const sees = async (mobile: BoardCell['mobile']) => {
      await watcher.until(({ agents }) => isDeepStrictEqual(agents.get('1006')?.cells['1']?.mobile, mobile))
    }
    await signIn('NAILED_CONNECTION')
    await stage.command({ type: 'user.setState', user: '1006', state: 'READY' })
    await sees({ mode: 'NAILED_CONNECTION', nailed: 'RINGS' })
    await stage.clock.advance(5000)
    await sees({ mode: 'NAILED_CONNECTION', nailed: 'UP' })
    for (const state of ['NOT_READY', 'LOGOUT'] as const)
      await stage.command({ type: 'user.setState', user: '1006', state })
    await sees(undefined)
    await signIn('CALL_BY_CALL')
    await sees({ mode: 'CALL_BY_CALL' })
    expect(JSON.stringify(watcher.messages)).not.toContain(dialNumber)
  })

  it('ends when the server does', async () => {
    const stage = await staged()
    const watcher = await watching(stage, 'admin:secret')
    expect(stage.board.viewers).toBe(1)
    stage.board.close()
    expect([1001, 1006]).toContain(await watcher.closed)
  })
})
