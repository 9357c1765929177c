/** Clients send a command again, because its answer was lost. The tests are clients of the real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FinesseClient, noted } from './finesse-client.ts'
import { type Site, site, TWO_SIDES } from './server.ts'

let on: Site
let agent: FinesseClient

const begin = async (options: Parameters<typeof site>[0] = {}) => {
  on = await site(options)
  agent = await on.client('1001')
}
beforeEach(() => begin())
afterEach(() => on.close())

const USER = 'User/1001'
const LOGIN = '<User><state>LOGIN</state><extension>1001</extension></User>'
const READY = '<User><state>READY</state></User>'
const NOT_READY = '<User><state>NOT_READY</state><reasonCodeId>17</reasonCodeId></User>'
const MEDIA_LOGIN =
  '<Media><state>LOGIN</state><maxDialogLimit>2</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>'
const MEDIA_READY = '<Media><state>READY</state></Media>'
const action = (name: string) => `<Dialog><requestedAction>${name}</requestedAction></Dialog>`

/** What the agent's session got up to now. */
const news = async () => (await agent.readsUntilMark()).map(noted)
/** A command with an `Idempotency-Key`. */
const keyed = (path: string, body: string, key: string, client = agent) =>
  client.request('PUT', `/finesse/api/${path}`, body, { 'Idempotency-Key': key })
const answerOf = ({ status, headers, body }: Awaited<ReturnType<FinesseClient['put']>>) => ({
  status,
  requestId: headers.get('requestId'),
  body,
})
const repeated = async () => {
  const text = await (await fetch(`${on.at.rest}/metrics`)).text()
  return Number(/^mrdian_commands_repeated_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1])
}
const ACCEPTED = { status: 202, requestId: 'r', body: '' }

describe('a command that comes again with the same requestId', () => {
  it('gets the same answer, and there is one notification', async () => {
    for (const _ of [1, 2]) expect(answerOf(await agent.put(USER, LOGIN, 'r'))).toEqual(ACCEPTED)
    expect(await news()).toEqual(['User/1001 PUT user NOT_READY #r'])
    expect(await repeated()).toBe(1)
  })

  it('waits while the first one is under way', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => agent.put(USER, LOGIN, 'r')))
    expect(answers.map(answerOf)).toEqual([ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED])
    expect(await news()).toEqual(['User/1001 PUT user NOT_READY #r'])
  })

  it('is answered by 202 although what it was about is gone: sign-out, CLOSE', async () => {
    await agent.put(USER, LOGIN)
    await agent.put(`${USER}/Media/5002`, MEDIA_LOGIN)
    await agent.put(`${USER}/Media/5002`, MEDIA_READY)
    await on.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })
    for (const name of ['ACCEPT', 'START']) await agent.put('Dialog/1000_1001_5002', action(name))
    await agent.readsUntilMark()
    for (const _ of [1, 2])
      expect(answerOf(await agent.put('Dialog/1000_1001_5002', action('CLOSE'), 'r'))).toEqual(ACCEPTED)
    expect(await news()).toHaveLength(2)
    for (const _ of [1, 2])
      expect(answerOf(await agent.put(USER, '<User><state>LOGOUT</state></User>', 'r'))).toEqual(ACCEPTED)
    expect((await agent.put('Dialog/1000_1001_5002', action('CLOSE'), 'other')).status).toBe(404)
  })

  it('is done again if the state refused it: nothing of it was done, and each has its error notification', async () => {
    for (const _ of [1, 2]) expect(answerOf(await agent.put(USER, READY, 'r'))).toEqual(ACCEPTED)
    const refused = 'User/1001 put apiErrors CF_INVALID_OBJECT_STATE #r'
    expect(await news()).toEqual([refused, refused])
    expect(await repeated()).toBe(0)
  })

  it('is done again if it was rejected: nothing of it was done', async () => {
    await agent.put(USER, LOGIN)
    const wrong = '<User><state>NOT_READY</state><reasonCodeId>99</reasonCodeId></User>'
    for (const _ of [1, 2]) expect((await agent.put(USER, wrong, 'r')).status).toBe(400)
    expect(await repeated()).toBe(0)
  })

  it('is done again after two minutes', async () => {
    await agent.put(USER, LOGIN)
    await agent.put(USER, NOT_READY, 'r')
    await on.passes(119)
    await agent.put(USER, NOT_READY, 'r')
    expect(await repeated()).toBe(1)
    await on.passes(1)
    await agent.put(USER, NOT_READY, 'r')
    expect(await repeated()).toBe(1)
    expect(await news()).toEqual(['', ' #r', ' #r'].map((id) => `User/1001 PUT user NOT_READY${id}`))
  })

  it('of another caller is another command', async () => {
    const supervisor = on.restOnly('1234')
    await agent.put(USER, LOGIN)
    await agent.put(USER, READY)
    await agent.readsUntilMark()
    const notReady = '<User><state>NOT_READY</state></User>'
    expect([(await agent.put(USER, notReady, 'r')).status, (await supervisor.put(USER, READY, 'r')).status]).toEqual([
      202, 202,
    ])
    expect((await supervisor.put(USER, notReady, 'r')).status).toBe(202)
    expect(await news()).toEqual(
      ['NOT_READY', 'READY', 'NOT_READY'].map((state) => expect.stringContaining(`user ${state}`)),
    )
  })
})

describe('clients that use one requestId for everything are served as without it', () => {
  it('other commands: READY, NOT_READY, READY are all done', async () => {
    await agent.put(USER, LOGIN, 'r')
    for (const body of [READY, NOT_READY, READY, NOT_READY]) await agent.put(USER, body, 'r')
    expect(await news()).toEqual(
      ['NOT_READY', 'READY', 'NOT_READY', 'READY', 'NOT_READY'].map((state) => `User/1001 PUT user ${state} #r`),
    )
  })

  it('another command that was rejected: the first is done again', async () => {
    await agent.put(USER, LOGIN)
    await agent.put(USER, NOT_READY, 'r')
    expect((await agent.put(USER, '<User><state>TALKING</state></User>', 'r')).status).toBe(400)
    await agent.put(USER, NOT_READY, 'r')
    expect(await repeated()).toBe(0)
  })

  it('READY again, after a call that was not answered has undone it', async () => {
    await agent.put(USER, LOGIN, 'r')
    await agent.put(USER, READY, 'r')
    await on.acd('POST', '/calls', { from: '5550100', to: '1001' })
    await on.passes(60)
    const before = await news()
    expect(before.at(-1)).toContain('NOT_READY')
    await agent.put(USER, READY, 'r')
    expect(await news()).toEqual(['User/1001 PUT user READY #r'])
  })

  it('RESUME again, after other work has interrupted the task', async () => {
    await agent.put(USER, LOGIN)
    for (const mrd of ['5001', '5002']) {
      await agent.put(`${USER}/Media/${mrd}`, MEDIA_LOGIN)
      await agent.put(`${USER}/Media/${mrd}`, MEDIA_READY)
    }
    const task = async (scriptSelector: string) => {
      const { id } = (await on.acd('POST', '/tasks', { scriptSelector })).body
      return String((await on.acd('GET', `/tasks/${id}`)).body.dialogId)
    }
    const email = await task('email_support')
    for (const name of ['ACCEPT', 'START', 'PAUSE', 'RESUME']) await agent.put(`Dialog/${email}`, action(name), 'r')
    const chat = await task('chat_sales')
    for (const name of ['ACCEPT', 'START']) await agent.put(`Dialog/${chat}`, action(name), name)
    expect((await agent.get(`Dialog/${email}`)).value('state')).toBe('INTERRUPTED')
    await agent.readsUntilMark()
    // The state does not allow it now. So it is refused, as it is with any other id.
    await agent.put(`Dialog/${email}`, action('RESUME'), 'r')
    expect(await news()).toEqual([expect.stringContaining('apiErrors')])
  })
})

describe('a command with an Idempotency-Key', () => {
  it('is answered as the first time, also when the state has changed since', async () => {
    await agent.put(USER, LOGIN)
    expect((await keyed(USER, NOT_READY, 'k')).status).toBe(202)
    await agent.put(USER, READY)
    await agent.readsUntilMark()
    expect(answerOf(await keyed(USER, NOT_READY, 'k'))).toEqual({ status: 202, requestId: null, body: '' })
    expect(await news()).toEqual([])
  })

  it('is refused by 422 if the key was used for another command', async () => {
    await keyed(USER, LOGIN, 'k')
    const answer = await keyed(USER, READY, 'k')
    expect([answer.status, answer.value('ErrorType'), answer.value('ErrorData'), answer.value('ErrorMessage')]).toEqual(
      [422, 'Unprocessable Content', 'Idempotency-Key', 'The key was used for another request before'],
    )
    expect(await news()).toEqual(['User/1001 PUT user NOT_READY'])
    // The requestId is the key, if there is one.
    const both = { 'Idempotency-Key': 'k', requestId: 'r' }
    expect((await agent.request('PUT', `/finesse/api/${USER}`, READY, both)).status).toBe(202)
  })

  it('that is too long is refused by 400; one of 256 characters is not', async () => {
    const answer = await keyed(USER, LOGIN, 'k'.repeat(257))
    expect([answer.status, answer.value('ErrorType'), answer.value('ErrorData')]).toEqual([
      400,
      'Bad Request',
      'Idempotency-Key',
    ])
    expect((await keyed(USER, LOGIN, 'k'.repeat(256))).status).toBe(202)
    expect((await agent.request('GET', `/finesse/api/${USER}`, undefined, { 'Idempotency-Key': '' })).status).toBe(200)
  })
})

it('the side is lost before the answer came: the other side answers, and the command is not done again', async () => {
  await on.close()
  await begin(TWO_SIDES)
  await agent.put(USER, LOGIN)
  await agent.put(USER, READY, 'r')
  await on.acd('POST', '/faults', { type: 'side', side: 'A', up: false }, on.atB)
  const there = await on.client('1001', on.atB)
  expect(answerOf(await there.put(USER, READY, 'r'))).toEqual(ACCEPTED)
  expect(on.server.engine.figures.repeatedCommands).toBe(1)
})
