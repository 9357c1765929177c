/** `/acd/tasks`: making, listing and abandoning tasks. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AcdServer, acdServer, CHAT, EMAIL } from './server.ts'

let server: AcdServer
beforeEach(async () => {
  server = await acdServer()
})
afterEach(() => server.close())

const ids = (json: unknown) => (Array.isArray(json) ? json.map((each: { id: string }) => each.id) : json)
const email = { scriptSelector: 'email_support' }

describe('POST /acd/tasks', () => {
  it('makes a task', async () => {
    const { status, json, headers } = await server.ask('POST', '/tasks', { body: email })
    expect(status).toBe(201)
    expect(json).toEqual({ id: '5001-1', state: 'queued' })
    expect(headers.get('location')).toBe('/acd/tasks/5001-1')
  })

  it('answers reserved when an agent is READY, and GET names the agent', async () => {
    await server.ready('1001', EMAIL)
    const { json } = await server.ask('POST', '/tasks', { body: { ...email, mrdId: EMAIL, agentId: '1001' } })
    expect(json).toEqual({ id: '5001-1', state: 'reserved' })
    expect((await server.ask('GET', '/tasks/5001-1')).json).toMatchObject({
      state: 'reserved',
      agentId: '1001',
      pinnedTo: '1001',
      dialogId: server.engine.get.dialogs('1001', 'nonvoice')?.[0]?.id,
    })
  })

  it('a task for one agent waits for that agent', async () => {
    await server.ready('1002', EMAIL)
    const id = await server.made('/tasks', { ...email, agentId: '1001' })
    expect((await server.ask('GET', `/tasks/${id}`)).json).toMatchObject({ state: 'queued', pinnedTo: '1001' })
    await server.ready('1001', EMAIL)
    expect((await server.ask('GET', `/tasks/${id}`)).json).toMatchObject({ state: 'reserved', agentId: '1001' })
  })

  it.each([
    ['START_TIMEOUT', false],
    ['START_TIMEOUT', true],
    ['SIGN_OUT', false],
    ['SIGN_OUT', true],
    ['TRANSFER', true],
  ] as const)('keepAgent keeps the agent, but not after a transfer: %s, %s (ruling 46)', async (cause, keepAgent) => {
    await server.ready('1001', EMAIL)
    await server.ready('1002', EMAIL)
    const { acd } = server.engine
    const signIn = { user: '1001', mrd: EMAIL, maxDialogLimit: 3, interruptAction: 'ACCEPT' } as const
    await server.engine.command({ type: 'media.signIn', ...signIn, dialogLogoutAction: 'TRANSFER' })
    const id = await server.made('/tasks', { ...email, agentId: '1001', keepAgent })
    const dialog = acd?.task(id)?.dialogId ?? ''
    if (cause === 'START_TIMEOUT') await server.clock.advance(120_000)
    else if (cause === 'SIGN_OUT')
      await server.engine.command({ type: 'media.setState', user: '1001', mrd: EMAIL, state: 'LOGOUT' })
    else {
      await server.engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'ACCEPT' })
      await server.engine.command({
        type: 'dialog.act',
        user: '1001',
        dialog,
        action: 'TRANSFER',
        target: 'email_billing',
      })
    }
    const again = acd?.task(id)?.resubmittedAs ?? ''
    const { json } = await server.ask('GET', `/tasks/${again}`)
    const isKept = keepAgent && cause !== 'TRANSFER'
    expect(json).toMatchObject({
      state: isKept ? 'queued' : 'reserved',
      pinnedTo: isKept ? '1001' : null,
      agentId: isKept ? null : expect.stringMatching(/^100[12]$/),
    })
  })

  it.each([
    [{}, 400, 'MISSING_PARAMETER', 'scriptSelector'],
    [{ scriptSelector: 'nothing' }, 400, 'UNKNOWN_SELECTOR', 'scriptSelector'],
    [{ scriptSelector: '' }, 400, 'INVALID_PARAMETER', 'scriptSelector'],
    [{ scriptSelector: 7 }, 400, 'INVALID_PARAMETER', 'scriptSelector'],
    [{ scriptSelector: null }, 400, 'INVALID_PARAMETER', 'scriptSelector'],
    [{ ...email, mrdId: '9999' }, 400, 'INVALID_PARAMETER', 'mrdId'],
    [{ ...email, mrdId: CHAT }, 400, 'SELECTOR_OF_OTHER_MRD', 'mrdId'],
    [{ ...email, agentId: '9999' }, 400, 'UNKNOWN_USER', 'agentId'],
    [{ scriptSelector: 'social_support', agentId: '1006' }, 400, 'UNKNOWN_USER', 'agentId'],
    [{ ...email, keepAgent: true }, 400, 'INVALID_PARAMETER', 'keepAgent'],
    [{ ...email, agentId: '1001', keepAgent: 'yes' }, 400, 'INVALID_PARAMETER', 'keepAgent'],
    [{ ...email, priority: 1 }, 400, 'UNKNOWN_PARAMETER', 'priority'],
    [{ ...email, ['x'.repeat(200)]: 1 }, 400, 'UNKNOWN_PARAMETER', `${'x'.repeat(80)}…`],
  ])('refuses %j', async (body, status, code, about) => {
    const answer = await server.ask('POST', '/tasks', { body })
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error: code, message: expect.any(String), about })
    expect(server.engine.acd?.tasks()).toEqual([])
  })

  it('refuses the key __proto__', async () => {
    const { status } = await server.ask('POST', '/tasks', { body: '{"scriptSelector":"email_support","__proto__":{}}' })
    expect(status).toBe(400)
  })

  it('refuses query parameters', async () => {
    const { status, json } = await server.ask('POST', '/tasks?dryRun=1', { body: email })
    expect(status).toBe(400)
    expect(json).toMatchObject({ error: 'UNKNOWN_PARAMETER', about: 'dryRun' })
  })

  it('answers 503 when the engine is closed', async () => {
    await server.engine.close()
    const { status, json } = await server.ask('POST', '/tasks', { body: email })
    expect(status).toBe(503)
    expect(json).toMatchObject({ error: 'UNAVAILABLE' })
  })
})

describe('variables', () => {
  const post = (variables: unknown) => server.ask('POST', '/tasks', { body: { ...email, variables } })

  it('are in the dialog', async () => {
    await server.ready('1001', EMAIL)
    const variables = {
      callVariable1: 'Grüße',
      callVariable10: 'x'.repeat(40),
      'user.cust_id': 'y'.repeat(210),
      'user.microapp.locale': '',
    }
    expect((await post(variables)).status).toBe(201)
    expect((await server.ask('GET', '/tasks/5001-1')).json).toMatchObject({ variables })
    expect(server.engine.get.dialogs('1001', 'nonvoice')?.[0]?.variables).toEqual(
      Object.entries(variables).map(([name, value]) => ({ name, value })),
    )
  })

  it.each([
    [{ callVariable1: 'x'.repeat(41) }, 'variables.callVariable1'],
    [{ 'user.a': 'x'.repeat(211) }, 'variables.user.a'],
    [{ callVariable0: '' }, 'variables.callVariable0'],
    [{ callVariable11: '' }, 'variables.callVariable11'],
    [{ 'user.': '' }, 'variables.user.'],
    [{ 'user.a[0]': '' }, 'variables.user.a[0]'],
    [{ 'user.a.b[0]': '' }, 'variables.user.a.b[0]'],
    [{ 'user..a': '' }, 'variables.user..a'],
    [{ 'user.a.': '' }, 'variables.user.a.'],
    [{ [`user.${'n'.repeat(65)}`]: '' }, `variables.user.${'n'.repeat(65)}`],
    [{ BAStatus: '' }, 'variables.BAStatus'],
    [{ callVariable1: 'Ł' }, 'variables.callVariable1'],
    [{ callVariable1: 'a\u0000b' }, 'variables.callVariable1'],
    [{ callVariable1: 5 }, 'variables.callVariable1'],
    [{ callVariable1: ['a'] }, 'variables.callVariable1'],
    [[{ name: 'callVariable1', value: 'x' }], 'variables'],
    ['callVariable1', 'variables'],
    [Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`user.v${n}`, 'x'.repeat(170)])), 'variables'],
    [Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`user.v${n}`, ''])), 'variables'],
    // The names are not valid either, but so many are refused before each is checked.
    [Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`v${n}`, ''])), 'variables'],
  ])('are refused, no. %#: %j', async (variables, about) => {
    const { status, json } = await post(variables)
    expect(status).toBe(400)
    expect(json).toEqual({ error: 'INVALID_PARAMETER', message: expect.any(String), about })
  })

  it('are not repeated in the answer', async () => {
    const { json } = await post({ callVariable1: `secret number ${'4'.repeat(40)}` })
    expect(JSON.stringify(json)).not.toContain('secret number')
  })
})

describe('GET /acd/tasks', () => {
  beforeEach(async () => {
    await server.ready('1001', EMAIL)
    await server.made('/tasks', email)
    await server.clock.advance(1000)
    await server.made('/tasks', { scriptSelector: 'chat_support' })
    await server.clock.advance(1000)
    await server.made('/tasks', { ...email, agentId: '1002' })
  })

  it('lists all, oldest first', async () => {
    const { status, json, headers } = await server.ask('GET', '/tasks')
    expect(status).toBe(200)
    expect(ids(json)).toEqual(['5001-1', '5002-1', '5001-2'])
    expect(headers.get('x-total-count')).toBe('3')
  })

  it.each([
    ['state=queued', ['5002-1', '5001-2']],
    ['state=reserved', ['5001-1']],
    ['state=lost', []],
    ['mrdId=5001', ['5001-1', '5001-2']],
    ['mrdId=5001&state=queued', ['5001-2']],
    ['limit=1', ['5001-2'], 3],
    ['limit=2', ['5002-1', '5001-2'], 3],
    ['limit=1&mrdId=5001', ['5001-2'], 2],
  ])('?%s', async (query, expected, total = expected.length) => {
    const { json, headers } = await server.ask('GET', `/tasks?${query}`)
    expect([ids(json), headers.get('x-total-count')]).toEqual([expected, String(total)])
  })

  it.each([
    ['state=open', 'INVALID_PARAMETER', 'state'],
    ['state=queued&state=lost', 'INVALID_PARAMETER', 'state'],
    ['mrdId=9', 'INVALID_PARAMETER', 'mrdId'],
    ['before=5001-1', 'INVALID_PARAMETER', 'before'],
    ['limit=0', 'INVALID_PARAMETER', 'limit'],
    ['limit=x', 'INVALID_PARAMETER', 'limit'],
    ['mrd=5001', 'UNKNOWN_PARAMETER', 'mrd'],
  ])('refuses ?%s', async (query, code, about) => {
    const { status, json } = await server.ask('GET', `/tasks?${query}`)
    expect(status).toBe(400)
    expect(json).toEqual({ error: code, message: expect.any(String), about })
  })

  it('leads to older tasks page by page, also while new ones come, and none is missing or twice', async () => {
    // Two queues, and many tasks in one moment.
    for (let task = 0; task < 4; task += 1) {
      await server.made('/tasks', email)
      await server.made('/tasks', { scriptSelector: 'chat_support' })
    }
    const whole = ids((await server.ask('GET', '/tasks')).json)
    let query = 'limit=3'
    let pages: readonly unknown[] = []
    for (let isLast = false; !isLast; ) {
      const { json, headers } = await server.ask('GET', `/tasks?${query}`)
      pages = [ids(json), ...pages]
      await server.clock.advance(1)
      await server.made('/tasks', email)
      const [, next] = /^<\?(.+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? []
      isLast = next === undefined
      query = next ?? ''
    }
    expect(pages.map((page) => (Array.isArray(page) ? page.length : page))).toEqual([2, 3, 3, 3])
    expect(pages.flat()).toEqual(whole)
  })

  it('a page keeps the filter of the one before, and a whole list has no next page', async () => {
    const first = await server.ask('GET', '/tasks?mrdId=5001&limit=1')
    const link = first.headers.get('link') ?? ''
    expect(link).toMatch(/^<\?mrdId=5001&limit=1&before=\d+\.5001-2>; rel="next"$/)
    const second = await server.ask('GET', `/tasks${link.slice(1, link.indexOf('>'))}`)
    expect([ids(second.json), second.headers.get('link')]).toEqual([['5001-1'], null])
  })

  it('shows one task', async () => {
    const { json } = await server.ask('GET', '/tasks/5002-1')
    expect(json).toEqual({
      id: '5002-1',
      state: 'queued',
      mrdId: CHAT,
      scriptSelector: 'chat_support',
      dialogId: null,
      agentId: null,
      pinnedTo: null,
      resubmittedAs: null,
      queuedAt: '2026-01-05T08:00:01.000Z',
      variables: {},
      waiting: {
        why: 'nobody is free: 7 not signed in',
        free: 0,
        prevented: [{ why: 'NOT_SIGNED_IN', heldBy: [], agents: 7 }],
        draining: false,
      },
    })
    expect((await server.ask('HEAD', '/tasks/5002-1')).status).toBe(200)
  })

  it.each(['5001-9', '9-1', 'x', '__proto__'])('answers 404 for %s', async (id) => {
    const { status, json } = await server.ask('GET', `/tasks/${id}`)
    expect(status).toBe(404)
    expect(json).toMatchObject({ error: 'UNKNOWN_TASK', about: 'id' })
  })

  it('shows the task that replaces one after the Start Timeout', async () => {
    await server.clock.advance(120_000)
    const { json } = await server.ask('GET', '/tasks/5001-1')
    expect(json).toMatchObject({ state: 'resubmitted', resubmittedAs: '5001-3' })
  })
})

describe('DELETE /acd/tasks/{id}', () => {
  it('abandons a task in the queue', async () => {
    const id = await server.made('/tasks', email)
    const { status, json } = await server.ask('DELETE', `/tasks/${id}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ id, state: 'abandoned' })
  })

  it('abandons a task while it is offered', async () => {
    await server.ready('1001', EMAIL)
    const id = await server.made('/tasks', email)
    expect((await server.ask('DELETE', `/tasks/${id}`)).json).toMatchObject({ state: 'abandoned' })
    expect(server.engine.get.dialogs('1001', 'nonvoice')).toEqual([])
  })

  it('is refused after the agent has accepted', async () => {
    await server.ready('1001', EMAIL)
    const id = await server.made('/tasks', email)
    const dialog = server.engine.get.dialogs('1001', 'nonvoice')?.[0]?.id ?? ''
    await server.engine.command({ type: 'dialog.act', user: '1001', dialog, action: 'ACCEPT' })
    const { status, json } = await server.ask('DELETE', `/tasks/${id}`)
    expect(status).toBe(409)
    expect(json).toMatchObject({ error: 'TASK_NOT_OPEN', about: 'id' })
    expect(server.engine.get.dialog(dialog)).toMatchObject({ state: 'ACCEPTED' })
  })

  it('is refused the second time', async () => {
    const id = await server.made('/tasks', email)
    await server.ask('DELETE', `/tasks/${id}`)
    const { status, json } = await server.ask('DELETE', `/tasks/${id}`)
    expect(status).toBe(409)
    expect(json).toMatchObject({ error: 'TASK_NOT_OPEN', about: 'id' })
  })

  it('answers 404 for an unknown task', async () => {
    const { status, json } = await server.ask('DELETE', '/tasks/5001-77')
    expect(status).toBe(404)
    expect(json).toMatchObject({ error: 'UNKNOWN_TASK', about: 'id' })
  })
})
