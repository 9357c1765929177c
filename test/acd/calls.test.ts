/** `/acd/calls`, `/acd/faults`, and `/acd` of engines without the built-in ACD. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AcdServer, acdServer } from './server.ts'

let server: AcdServer
beforeEach(async () => {
  server = await acdServer()
})
afterEach(() => server.close())

describe('calls', () => {
  it('a new call rings at the agent and has its variables', async () => {
    await server.ready('1001')
    const variables = {
      callVariable1: 'gold',
      'user.order[0]': 'A-1',
      'user.microapp.locale': 'en_US',
      'user.microapp.ToExtVXML[0]': '',
      [`user.${'n'.repeat(64)}[999]`]: 'longest',
    }
    const { status, json, headers } = await server.ask('POST', '/calls', {
      body: { from: '+4930123456', to: '1001', variables },
    })
    expect(status).toBe(201)
    expect(json).toEqual({ id: expect.stringMatching(/^\d+$/) })
    const [call] = server.engine.get.dialogs('1001', 'voice') ?? []
    expect(headers.get('location')).toBe(`/acd/calls/${call?.id}`)
    const shown = await server.ask('GET', `/calls/${call?.id}`)
    expect(shown.json).toMatchObject({
      id: call?.id,
      state: 'ALERTING',
      from: '+4930123456',
      to: '1001',
      agentId: '1001',
      variables,
    })
    expect((await server.ask('GET', '/calls')).json).toEqual([shown.json])
  })

  it('the caller can hang up once', async () => {
    await server.ready('1001')
    const id = await server.made('/calls', { from: '0049', to: '1001' })
    const { status, json } = await server.ask('POST', `/calls/${id}`, { body: { action: 'HANGUP' } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ id })
    expect(server.engine.get.dialogs('1001', 'voice')).toEqual([])
    expect((await server.ask('GET', '/calls')).json).toEqual([])
    const again = await server.ask('POST', `/calls/${id}`, { body: { action: 'HANGUP' } })
    expect(again.status).toBe(409)
    expect(again.json).toMatchObject({ error: 'CALL_OVER', about: 'id' })
    expect((await server.ask('GET', `/calls/${id}`)).status).toBe(200)
  })

  it('a call that the agent has ended is shown in its last state', async () => {
    await server.ready('1001')
    const act = (dialog: string, action: 'ANSWER' | 'DROP') =>
      server.engine.command({ type: 'call.act', user: '1001', dialog, action, targetMediaAddress: '1001' })
    const id = await server.made('/calls', { from: '0049', to: '1001', variables: { callVariable1: 'gold' } })
    await act(id, 'ANSWER')
    const shown = async () => (await server.ask('GET', `/calls/${id}`)).json
    const ended = async () => {
      expect((await server.ask('GET', '/calls')).json).toEqual([])
      expect((await server.ask('POST', `/calls/${id}`, { body: { action: 'HANGUP' } })).status).toBe(409)
      expect((await server.ask('GET', `/calls/${id}`)).json).toEqual({
        ...{ id, state: 'DROPPED', from: '0049', to: '1001', agentId: '1001', variables: { callVariable1: 'gold' } },
        queue: null,
        participants: [
          { mediaAddress: '1001', agentId: '1001', state: 'DROPPED' },
          { mediaAddress: '0049', agentId: null, state: 'DROPPED' },
        ],
      })
    }
    expect(await shown()).toMatchObject({ state: 'ACTIVE' })
    await act(id, 'DROP')
    await ended()
  })

  it('a call to an agent who is signed out fails, and is shown', async () => {
    const id = await server.made('/calls', { from: '1', to: '1001' })
    expect((await server.ask('GET', `/calls/${id}`)).json).toMatchObject({ id, state: 'FAILED' })
  })

  it.each([
    [{ to: '1001' }, 'MISSING_PARAMETER', 'from'],
    [{ from: '1' }, 'MISSING_PARAMETER', 'to'],
    [{ from: '1', to: 1001 }, 'INVALID_PARAMETER', 'to'],
    [{ from: '1001', to: '1001' }, 'OWN_EXTENSION', 'to'],
    [{ from: '1', queue: '709' }, 'UNKNOWN_QUEUE', 'queue'],
    [{ from: '1', queue: '' }, 'INVALID_PARAMETER', 'queue'],
    [{ from: '1', queue: 701 }, 'INVALID_PARAMETER', 'queue'],
    [{ from: '1', to: '1001', queue: '701' }, 'INVALID_PARAMETER', 'queue'],
    [
      { from: '1', queue: '701', variables: { callVariable1: 'x'.repeat(41) } },
      'INVALID_PARAMETER',
      'variables.callVariable1',
    ],
    [{ from: '<a>', to: '1001' }, 'INVALID_PARAMETER', 'from'],
    [{ from: '1', to: '1001', via: '2' }, 'UNKNOWN_PARAMETER', 'via'],
    [{ from: '1', to: '1001', variables: { a: 'b' } }, 'INVALID_PARAMETER', 'variables.a'],
  ])('refuses %j', async (body, code, about) => {
    const { status, json } = await server.ask('POST', '/calls', { body })
    expect(status).toBe(400)
    expect(json).toEqual({ error: code, message: expect.any(String), about })
  })

  it('an unknown call gets 404, an unknown action 400', async () => {
    const unknown = await server.ask('POST', '/calls/77', { body: { action: 'HANGUP' } })
    expect(unknown.status).toBe(404)
    expect(unknown.json).toMatchObject({ error: 'UNKNOWN_CALL', about: 'id' })
    expect((await server.ask('GET', '/calls/77')).status).toBe(404)
    const action = await server.ask('POST', '/calls/77', { body: { action: 'HOLD' } })
    expect(action.status).toBe(400)
    expect(action.json).toMatchObject({ error: 'INVALID_PARAMETER', about: 'action' })
  })
})

describe('calls to a queue', () => {
  const shown = async (id: string) => (await server.ask('GET', `/calls/${id}`)).json
  const inQueue = (outcome: string) => ({ queue: { id: '701', name: 'Support Line', outcome } })

  it('wait, ring and are answered; the list has them all', async () => {
    const variables = { callVariable1: 'gold' }
    const first = await server.made('/calls', { from: '0049', queue: '701', variables })
    const second = await server.made('/calls', { from: '0050', to: '8000' })
    expect(await shown(first)).toEqual({
      ...{ id: first, state: 'INITIATED', from: '0049', to: '8000', ...inQueue('WAITING'), agentId: null, variables },
      participants: [{ mediaAddress: '0049', agentId: null, state: 'INITIATED' }],
      waiting: {
        why: 'nobody is free: 3 not signed in',
        free: 0,
        prevented: [{ why: 'NOT_SIGNED_IN', heldBy: [], agents: 3 }],
        draining: false,
      },
    })
    await server.ready('1002')
    expect(await shown(first)).toEqual({
      ...{ id: first, state: 'ALERTING', from: '0049', to: '8000', ...inQueue('RINGING'), agentId: '1002', variables },
      participants: [
        { mediaAddress: '1002', agentId: '1002', state: 'ALERTING' },
        { mediaAddress: '0049', agentId: null, state: 'INITIATED' },
      ],
    })
    const command = { type: 'call.act', user: '1002', targetMediaAddress: '1002' } as const
    await server.engine.command({ ...command, dialog: first, action: 'ANSWER' })
    expect((await server.ask('GET', '/calls')).json).toMatchObject([inQueue('ANSWERED'), inQueue('WAITING')])
    await server.engine.command({ ...command, dialog: first, action: 'DROP' })
    expect(await shown(first)).toMatchObject({ state: 'DROPPED', ...inQueue('ANSWERED') })
    expect(await shown(second)).toMatchObject({ state: 'ALERTING', ...inQueue('RINGING') })
  })

  it('the caller of a call that waits hangs up, once', async () => {
    const id = await server.made('/calls', { from: '0049', queue: '8000' })
    const answer = await server.ask('POST', `/calls/${id}`, { body: { action: 'HANGUP' } })
    expect(answer).toMatchObject({ status: 200, json: { id, state: 'DROPPED', ...inQueue('ABANDONED') } })
    expect(await shown(id)).toEqual(answer.json)
    expect((await server.ask('GET', '/calls')).json).toEqual([])
    const again = await server.ask('POST', `/calls/${id}`, { body: { action: 'HANGUP' } })
    expect(again).toMatchObject({ status: 409, json: { error: 'CALL_OVER' } })
  })

  it('nobody answers in time', async () => {
    const id = await server.made('/calls', { from: '0049', queue: '701' })
    await server.clock.advance(600_000)
    expect(await shown(id)).toMatchObject({ state: 'DROPPED', ...inQueue('TIMED_OUT') })
  })
})

describe('faults', () => {
  it('the ACD link can fail and return, and /acd answers all the time', async () => {
    expect((await server.ask('GET', '/faults')).json).toEqual([])
    const down = await server.ask('POST', '/faults', { body: { type: 'acd-link', up: false } })
    expect(down.status).toBe(200)
    expect(down.json).toEqual({ type: 'acd-link', side: 'A', up: false })
    expect(server.engine.get.system().status).toBe('OUT_OF_SERVICE')
    expect((await server.ask('GET', '/faults')).json).toEqual([{ type: 'acd-link', side: 'A', up: false }])
    expect((await server.ask('POST', '/tasks', { body: { scriptSelector: 'email_support' } })).status).toBe(201)
    await server.ask('POST', '/faults', { body: { type: 'acd-link', side: 'A', up: true } })
    expect(server.engine.get.system().status).toBe('IN_SERVICE')
    expect((await server.ask('GET', '/faults')).json).toEqual([])
  })

  it('the same fault twice has the effect of one', async () => {
    for (const up of [false, false, true, true])
      expect((await server.ask('POST', '/faults', { body: { type: 'acd-link', up } })).status).toBe(200)
    expect(server.engine.get.system().status).toBe('IN_SERVICE')
  })

  it.each([
    [{ type: 'acd-link' }, 'MISSING_PARAMETER', 'up'],
    [{ type: 'acd-link', up: 'false' }, 'INVALID_PARAMETER', 'up'],
    [{ type: 'fire', up: false }, 'INVALID_PARAMETER', 'type'],
    [{ type: 'acd-link', up: false, side: 'C' }, 'INVALID_PARAMETER', 'side'],
    [{ type: 'acd-link', up: false, side: 'B' }, 'UNKNOWN_SIDE', 'side'],
    [{ type: 'acd-link', up: false, seconds: 5 }, 'UNKNOWN_PARAMETER', 'seconds'],
  ])('refuses %j', async (body, code, about) => {
    const { status, json } = await server.ask('POST', '/faults', { body })
    expect(status).toBe(400)
    expect(json).toEqual({ error: code, message: expect.any(String), about })
    expect(server.engine.get.system().status).toBe('IN_SERVICE')
  })
})

describe("an embedder's own ACD", () => {
  it('tasks and calls get 501 with a reason; faults still work', async () => {
    const embedded = await acdServer({ acd: { start: () => undefined, request: async () => undefined } })
    for (const [method, path, body] of [
      ['GET', '/tasks'],
      ['GET', '/tasks/5001-1'],
      ['DELETE', '/tasks/5001-1'],
      ['POST', '/tasks', { scriptSelector: 'email_support' }],
      ['GET', '/calls'],
      ['POST', '/calls', { from: '1', to: '1001' }],
    ] as const) {
      const { status, json } = await embedded.ask(method, path, body === undefined ? {} : { body })
      expect(status).toBe(501)
      expect(json).toMatchObject({ error: 'NO_BUILT_IN_ACD', message: expect.stringMatching(/external ACD/) })
    }
    expect((await embedded.ask('GET', '/faults')).status).toBe(200)
    await embedded.close()
  })
})
