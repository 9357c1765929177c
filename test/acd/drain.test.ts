/** A drain of a whole server with two sides: for clients, administrators, `mrdian drain` and monitoring. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type DrainCommandOptions, drain } from '../../src/cli/drain.ts'
import { acdServer } from './server.ts'
import { type VirtualServer, virtualServer } from './virtual-server.ts'

const CHAT = '5002'
const SINCE = '2026-01-05T08:00:00.000Z'
const QUIET = { draining: false, since: null, tasks: 0, calls: 0, waiting: 0, signedIn: 0 }
const BEGUN = { ...QUIET, draining: true, since: SINCE }
const OUT_OF_SERVICE =
  '<ApiErrors><ApiError><ErrorData></ErrorData><ErrorMessage>SERVER_OUT_OF_SERVICE</ErrorMessage><ErrorType>Service Unavailable</ErrorType></ApiError></ApiErrors>'
const MEDIA_LOGIN = '<state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'

let server: VirtualServer
const onStop = vi.fn<() => void>()
beforeAll(async () => {
  server = await virtualServer({ onStop, sideB: { restPort: 0, httpBindPort: 0, xmppPort: 0 } })
})
afterAll(() => server.close())
beforeEach(async () => {
  onStop.mockReset()
  await server.reset()
})

const agent = (user: string) => server.restOnly(user)
const login = (user: string) =>
  agent(user).put(`User/${user}`, `<User><state>LOGIN</state><extension>${user}</extension></User>`)
const task = async () => {
  const { id } = (await server.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })).json
  return (await server.acd('GET', `/tasks/${id}`)).json
}

/** Signs the agent in to chat, READY. */
async function ready(user: string) {
  const client = agent(user)
  await client.media(CHAT, MEDIA_LOGIN)
  await client.media(CHAT, '<state>READY</state>')
  return client
}

/** The values of the drain's metrics. */
async function metrics(): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${server.rest}/metrics`)).text()
  const names = ['mrdian_draining', 'mrdian_tasks_in_hand', 'mrdian_calls_in_hand', 'mrdian_tasks_waiting']
  return Object.fromEntries(names.map((name) => [name, Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])]))
}

const health = async () => {
  const answer = await fetch(`${server.rest}/health`)
  return { status: answer.status, json: await answer.json() }
}

describe('over REST', () => {
  it('new sign-ins get 503 on both sides; SystemInfo and /health are still in service', async () => {
    await login('1002')
    expect(await server.acd('POST', '/drain')).toEqual({ status: 200, json: { ...BEGUN, signedIn: 1 } })
    const refused = { status: 503, body: OUT_OF_SERVICE }
    expect(await login('1001')).toMatchObject(refused)
    expect(await agent('1002').put(`User/1002/Media/${CHAT}`, `<Media>${MEDIA_LOGIN}</Media>`)).toMatchObject(refused)
    const other = await fetch(`http://127.0.0.1:${server.server.sideB?.ports.rest}/finesse/api/User/1001`, {
      method: 'PUT',
      headers: { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' },
      body: '<User><state>LOGIN</state><extension>1001</extension></User>',
    })
    expect({ status: other.status, body: await other.text() }).toEqual(refused)
    expect((await login('1002')).status).toBe(202)
    expect((await agent('1002').put('User/1002', '<User><state>READY</state></User>')).status).toBe(202)
    expect((await agent('1002').get('SystemInfo')).value('status')).toBe('IN_SERVICE')
    expect(await health()).toMatchObject({ status: 200, json: { status: 'IN_SERVICE', draining: true } })
  })

  it('an agent gets no new offer, can finish work, and gets the waiting task when the drain is cancelled', async () => {
    const client = await server.client('1001')
    await client.media(CHAT, MEDIA_LOGIN)
    await client.media(CHAT, '<state>READY</state>')
    const first = await task()
    await server.acd('POST', '/drain')
    const second = await task()
    expect(second).toMatchObject({ state: 'queued' })
    const call = await server.acd('POST', '/calls', { from: '5550100', to: '1001' })
    expect(call).toEqual({
      status: 503,
      json: { error: 'DRAINING', message: 'the server is draining: it takes no new calls', about: 'to' },
    })
    expect(await metrics()).toEqual({
      mrdian_draining: 1,
      mrdian_tasks_in_hand: 1,
      mrdian_calls_in_hand: 0,
      mrdian_tasks_waiting: 1,
    })
    for (const action of ['ACCEPT', 'START', 'CLOSE']) await client.dialog(String(first.dialogId), action)
    expect(await server.acd('GET', '/drain')).toEqual({ status: 200, json: { ...BEGUN, waiting: 1, signedIn: 1 } })
    const cancelled = await server.acd('DELETE', '/drain')
    expect(cancelled).toEqual({ status: 200, json: { ...QUIET, tasks: 1, signedIn: 1 } })
    expect((await server.acd('GET', `/tasks/${second.id}`)).json).toMatchObject({ state: 'reserved', agentId: '1001' })
    expect(await health()).toMatchObject({ status: 200, json: { status: 'IN_SERVICE' } })
    expect((await health()).json).not.toHaveProperty('draining')
    expect(await metrics()).toMatchObject({ mrdian_draining: 0, mrdian_tasks_in_hand: 1 })
    await server.advance(0)
    await client.disconnect()
  })

  it('a drain is for administrators, refuses unknown parameters, and may be requested twice', async () => {
    for (const [method, path] of [
      ['POST', '/drain'],
      ['GET', '/drain'],
      ['DELETE', '/drain'],
      ['POST', '/stop'],
    ] as const)
      expect(await server.acd(method, path, undefined, '1001:secret')).toMatchObject({ status: 403 })
    expect(await server.acd('POST', '/drain', { for: 1 })).toMatchObject({ status: 400, json: { about: 'for' } })
    expect(await server.acd('DELETE', '/drain?a=1')).toMatchObject({ status: 400, json: { about: 'a' } })
    await server.acd('POST', '/drain')
    await server.advance(1000)
    expect(await server.acd('POST', '/drain')).toEqual({ status: 200, json: BEGUN })
    expect(onStop).not.toHaveBeenCalled()
  })

  it('POST /acd/stop does not stop a server that is part of another program', async () => {
    const embedded = await acdServer()
    expect(await embedded.ask('POST', '/stop')).toMatchObject({
      status: 501,
      json: {
        error: 'NOT_STOPPABLE',
        message: 'this server is part of another program: stop that program instead',
        about: '',
      },
    })
    expect(await embedded.ask('POST', '/drain')).toMatchObject({ status: 200, json: { draining: true } })
    await embedded.close()
  })
})

describe('mrdian drain', () => {
  const begin = (more: Partial<DrainCommandOptions> = {}, interrupted = new AbortController()) => {
    const lines: string[] = []
    const waiting: { text: string; resolve: () => void }[] = []
    const options = {
      server: new URL(server.rest),
      user: 'admin',
      for: 60_000,
      keepRunning: true,
      leaveDraining: false,
      quiet: false,
      json: false,
      ...more,
    }
    const print = (line: string) => {
      lines.push(line)
      for (const each of waiting) if (line.includes(each.text)) each.resolve()
    }
    const exit = drain(options, 'secret', print, interrupted.signal)
    const said = (text: string) =>
      lines.some((line) => line.includes(text))
        ? Promise.resolve()
        : new Promise<void>((resolve) => waiting.push({ text, resolve }))
    return { exit, lines, said, interrupt: () => interrupted.abort() }
  }
  const line = (tasks: string, waiting = '0 tasks') =>
    `draining: ${tasks} and 0 calls in hand, 1 agent signed in, ${waiting} waiting`

  it('prints the progress, and exits with 0 when no work is in hand', async () => {
    const client = await ready('1001')
    const { dialogId } = await task()
    const run = begin()
    await run.said('1 task and 0 calls')
    for (const action of ['ACCEPT', 'START', 'CLOSE']) await client.dialog(String(dialogId), action)
    expect(await run.exit).toBe(0)
    expect(run.lines).toEqual([
      line('1 task'),
      line('0 tasks'),
      'no work is in hand any more; the server continues to drain',
    ])
    expect((await server.acd('GET', '/drain')).json).toMatchObject({ draining: true })
    expect(onStop).not.toHaveBeenCalled()
  })

  it('exits with 2 when the time is over; --json prints only the result, --quiet prints nothing', async () => {
    await ready('1001')
    await task()
    const run = begin({ for: 0, json: true })
    expect(await run.exit).toBe(2)
    expect(run.lines.map((text) => JSON.parse(text))).toEqual([{ ...BEGUN, tasks: 1, signedIn: 1 }])
    const quiet = begin({ for: 0, quiet: true })
    expect([await quiet.exit, quiet.lines]).toEqual([2, []])
  })

  it.each([false, true])('exits with 130 on Ctrl-C, and cancels the drain unless leaveDraining: %s', async (stays) => {
    await ready('1001')
    await task()
    const run = begin({ leaveDraining: stays })
    await run.said('1 task and 0 calls')
    run.interrupt()
    expect(await run.exit).toBe(130)
    expect((await server.acd('GET', '/drain')).json).toMatchObject({ draining: stays })
    expect(run.lines.at(-1)).toBe(
      stays
        ? 'the server continues to drain, until DELETE /acd/drain or its next start'
        : 'cancelled: the server accepts sign-ins again, and offers the tasks that wait',
    )
  })

  it('exits with 3 when the drain is cancelled by another request', async () => {
    await ready('1001')
    await task()
    const run = begin({ keepRunning: false })
    await run.said('1 task and 0 calls')
    await server.acd('DELETE', '/drain')
    expect(await run.exit).toBe(3)
    expect(run.lines).toEqual([line('1 task'), 'the drain was cancelled elsewhere; the server continues'])
    expect(onStop).not.toHaveBeenCalled()
  })

  it('gives the reason of a refusal', async () => {
    await expect(begin({ user: '1001' }).exit).rejects.toThrow('1001 is no administrator')
    await expect(begin({ user: 'nobody' }).exit).rejects.toThrow('the password of nobody is not right')
  })
})
