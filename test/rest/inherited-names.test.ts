/**
 * Ids and names that are members of every JavaScript object, through every interface: they find nothing, fail no input,
 * and do not affect other requests.
 */

import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acdControl } from '../../src/acd/index.ts'
import { DirectoryError, loadDirectory, parseDirectory } from '../../src/directory/index.ts'
import type { Directory, LoadedDirectory } from '../../src/directory/model.ts'
import type { Engine } from '../../src/engine/api.ts'
import { InvalidArgument } from '../../src/errors/index.ts'
import { createEngine, ExplainError, explain } from '../../src/index.ts'
import { finesse, finesseServerOptions } from '../../src/rest/index.ts'
import { memoryStore } from '../../src/store/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'] as const
const CHAT = '5002'

let loaded: LoadedDirectory
let engine: Engine
const app = fastify(finesseServerOptions())
beforeAll(async () => {
  loaded = await loadDirectory()
  const made = await createEngine({ directory: loaded, clock: virtualClock(), store: memoryStore({ keep: 'history' }) })
  engine = made
  const { accounts } = made
  if (!accounts) throw new Error('no accounts')
  await app.register(finesse, { engine })
  await app.register(acdControl, { engine, accounts })
  await made.command({ type: 'media.signIn', user: '1001', mrd: CHAT, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
  await made.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
  await made.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', agentId: '1001' })
})
afterAll(async () => {
  // None of the requests became an input that failed.
  expect(engine.figures.failedInputs).toBe(0)
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(BEFORE)
  await app.close()
  await engine.close()
})
const BEFORE = Object.getOwnPropertyNames(Object.prototype)

async function ask(as: string, method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: string) {
  const type = url.startsWith('/acd') ? 'application/json' : 'application/xml'
  const answer = await app.inject({
    method,
    url,
    headers: {
      authorization: `Basic ${Buffer.from(`${as}:secret`).toString('base64')}`,
      ...(payload === undefined ? {} : { 'content-type': type }),
    },
    ...(payload === undefined ? {} : { payload }),
  })
  return answer.statusCode
}

const dialog = `1000_1001_${CHAT}`

describe.each(NAMES)('%s', (name) => {
  it.each([
    ['GET', `/finesse/api/User/${name}`],
    ['GET', `/finesse/api/User/1001/Media/${name}`],
    ['GET', `/finesse/api/User/1001/Media/${name}/Dialogs`],
    ['GET', `/finesse/api/User/${name}/Dialogs`],
    ['GET', `/finesse/api/Dialog/${name}`],
    ['GET', `/finesse/api/Dialog/1000_1001_${name}`],
    ['GET', `/finesse/api/Dialog/1000_${name}_${CHAT}`],
    ['GET', `/finesse/api/Team/${name}`],
    ['GET', `/finesse/api/Queue/${name}`],
    ['GET', `/finesse/api/User/${name}/Queues`],
    ['GET', `/finesse/api/MediaDomain/${name}`],
    ['GET', `/finesse/api/ReasonCode/${name}`],
    ['GET', `/finesse/api/User/1001/WrapUpReason/${name}`],
    ['GET', `/finesse/api/MediaPropertiesLayout/${name}`],
    ['GET', `/finesse/api/PhoneBook/${name}/Contacts`],
    ['GET', `/finesse/api/PhoneBook/1/Contact/${name}`],
    ['GET', `/finesse/api/WorkflowAction/${name}`],
    ['GET', `/finesse/api/TeamResource/${name}/PhoneBooks`],
    ['GET', `/finesse/api/${name}`],
    ['GET', `/acd/tasks/${name}`],
    ['GET', `/acd/tasks/${name}-1`],
    ['DELETE', `/acd/tasks/${name}`],
    ['GET', `/acd/calls/${name}`],
    ['GET', `/acd/explain/${name}`],
    ['GET', `/acd/explain/1001?mrd=${name}`],
    ['GET', `/acd/explain/1001?dialog=${name}`],
    ['GET', `/acd/explain/1001?dialog=1000_1001_${name}`],
  ] as const)('%s %s is answered with a refusal', async (method, url) => {
    const status = await ask('admin', method, url)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })

  it.each([
    ['/finesse/api/User/1001', `<User><state>${name}</state></User>`],
    ['/finesse/api/User/1001', `<User><${name}>x</${name}></User>`],
    ['/finesse/api/User/1001', `<User><state>LOGIN</state><extension>${name}</extension></User>`],
    ['/finesse/api/User/1001', `<User><state>NOT_READY</state><reasonCodeId>${name}</reasonCodeId></User>`],
    [`/finesse/api/User/1001/Media/${name}`, '<Media><state>READY</state></Media>'],
    [`/finesse/api/User/1001/Media/${CHAT}`, `<Media><state>${name}</state></Media>`],
    [
      `/finesse/api/User/1001/Media/${CHAT}`,
      `<Media><state>NOT_READY</state><reasonCodeId>${name}</reasonCodeId></Media>`,
    ],
    [`/finesse/api/Dialog/${name}`, '<Dialog><requestedAction>ACCEPT</requestedAction></Dialog>'],
    [`/finesse/api/Dialog/${dialog}`, `<Dialog><requestedAction>${name}</requestedAction></Dialog>`],
  ] as const)('PUT %s %s is no server error', async (url, body) => {
    const status = await ask('1001', 'PUT', url, body)
    expect(status === 202 || (status >= 400 && status < 500)).toBe(true)
  })

  it('a transfer to this name changes nothing', async () => {
    const before = engine.get.dialog(dialog)
    await ask(
      '1001',
      'PUT',
      `/finesse/api/Dialog/${dialog}`,
      `<Dialog><requestedAction>TRANSFER</requestedAction><target>${name}</target></Dialog>`,
    )
    expect(engine.get.dialog(dialog)).toEqual(before)
  })

  it.each([
    ['/acd/tasks', `{"scriptSelector":"${name}"}`],
    ['/acd/tasks', `{"scriptSelector":"chat_sales","mrdId":"${name}"}`],
    ['/acd/tasks', `{"scriptSelector":"chat_sales","agentId":"${name}"}`],
    ['/acd/tasks', `{"scriptSelector":"chat_sales","variables":{"${name}":"x"}}`],
    ['/acd/tasks', `{"scriptSelector":"chat_sales","${name}":{}}`],
    ['/acd/calls', `{"from":"5550100","to":"${name}"}`],
    ['/acd/calls', `{"from":"5550100","to":"1001","variables":{"${name}":"x"}}`],
    ['/acd/faults', `{"type":"${name}"}`],
    [`/acd/calls/${name}`, '{"action":"HANGUP"}'],
  ] as const)('POST %s %s is answered with a refusal', async (url, body) => {
    const status = await ask('admin', 'POST', url, body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })

  it('commands, reads, tasks and calls of an embedder find nothing', async () => {
    const { get, acd } = engine
    for (const answer of [
      await engine.command({ type: 'user.signIn', user: name, extension: '1001' }),
      await engine.command({ type: 'media.setState', user: '1001', mrd: name, state: 'READY' }),
      await engine.command({ type: 'dialog.act', user: '1001', dialog: name, action: 'ACCEPT' }),
      await engine.command({ type: 'dialog.act', user: '1001', dialog: `1000_1001_${name}`, action: 'ACCEPT' }),
      await engine.command({ type: 'user.setState', user: '1001', state: 'NOT_READY', reasonCodeId: name }),
    ])
      expect(answer.accepted).toBe(false)
    expect(get.user(name)).toBeUndefined()
    expect(get.mediaOrUndefined('1001', name)).toBeUndefined()
    expect(get.mediaOrUndefined(name, CHAT)).toBeUndefined()
    expect(get.dialog(name)).toBeUndefined()
    expect(get.dialogs(name, 'all')).toBeUndefined()
    expect(get.dialogs('1001', 'nonvoice', name)).toEqual([])
    expect(get.presence(name)).toBeUndefined()
    await engine.adapters.presence({ user: name, side: 'A', session: name, available: true })
    await expect(acd?.submitTask({ mrd: name, scriptSelector: 'chat_sales' })).rejects.toThrow('belongs to MRD')
    await expect(acd?.submitTask({ mrd: CHAT, scriptSelector: name })).rejects.toThrow('script selector')
    await expect(acd?.abandonTask(name)).rejects.toThrow('no task')
    expect(acd?.task(name)).toBeUndefined()
    expect(acd?.call(name)).toBeUndefined()
    const { history } = engine
    if (!history) throw new Error('no history')
    for (const question of [{ user: name }, { user: '1001', mrd: name }, { user: '1001', dialog: name }]) {
      const problem = await explain(history, question).catch((error: unknown) => error)
      expect(problem).toBeInstanceOf(ExplainError)
      expect(problem).toMatchObject({ code: expect.stringMatching(/^UNKNOWN_/) })
    }
  })

  it('a variable with this name reaches the agent and survives a restart', async () => {
    const store = memoryStore({ id: 'names' })
    const first = await createEngine({ directory: loaded, clock: virtualClock(), store })
    await first.command({ type: 'media.signIn', user: '1001', mrd: CHAT, maxDialogLimit: 1, interruptAction: 'ACCEPT' })
    await first.command({ type: 'media.setState', user: '1001', mrd: CHAT, state: 'READY' })
    const variables = [{ name, value: 'x' }]
    const task = await first.acd?.submitTask({ mrd: CHAT, scriptSelector: 'chat_sales', variables })
    const value = first.get.dialog(task?.dialogId ?? '')
    expect(value).toMatchObject({ variables: expect.arrayContaining(variables) })
    const again = await createEngine({ directory: loaded, clock: virtualClock(), store: store.reopen() })
    expect(again.get.dialog(task?.dialogId ?? '')).toEqual(value)
    expect(again.figures.failedInputs).toBe(0)
  })

  it('a follower refuses a medium and a dialog with this name', async () => {
    const follower = await createEngine({ directory: loaded, clock: virtualClock(), role: 'follower' })
    await expect(follower.userEvent({ kind: 'media', user: '1001', mrd: name, state: 'READY' })).rejects.toThrow(
      InvalidArgument,
    )
    const said = { kind: 'task', user: '1001', mrd: CHAT, dialog: name, state: 'ACTIVE' } as const
    await expect(follower.userEvent(said)).rejects.toThrow(InvalidArgument)
    expect(follower.figures.failedInputs).toBe(0)
    expect(follower.get.dialogs('1001', 'all')).toEqual([])
  })

  it('a directory with this name is refused, as file and as object, and the error names the path', async () => {
    const { directory } = loaded
    const [user, mrd, team] = [directory.users[0], directory.mediaRoutingDomains[1], directory.teams[0]]
    if (!user || !mrd || !team) throw new Error('the sample has changed')
    const wrong: readonly (readonly [string, Directory])[] = [
      ['users[0].id', { ...directory, users: [{ ...user, id: name }] }],
      ['mediaRoutingDomains[0].id', { ...directory, mediaRoutingDomains: [{ ...mrd, id: name }] }],
      [
        'mediaRoutingDomains[0].scriptSelectors[0]',
        { ...directory, mediaRoutingDomains: [{ ...mrd, scriptSelectors: [name] }] },
      ],
      ['teams[0].id', { ...directory, teams: [{ ...team, id: name }] }],
    ]
    for (const [path, given] of wrong) {
      const problem = { problems: [expect.objectContaining({ path })] }
      await expect(createEngine({ directory: given })).rejects.toMatchObject(problem)
      await expect(engine.reload(given)).rejects.toMatchObject(problem)
    }
    const texts = [
      `users: [{ id: "${name}", loginName: a, password: secret, teamId: "1" }]\nteams: [{ id: "1", name: T }]`,
      `teams: [{ id: "${name}", name: T }]`,
      `mediaRoutingDomains: [{ id: "${name}", name: M }]`,
      `mediaRoutingDomains: [{ id: "5", name: M, scriptSelectors: ["${name}"] }]`,
      `reasonCodes: [{ id: "${name}", category: LOGOUT, code: 1, label: L }]`,
      `"${name}": 1`,
    ]
    for (const text of texts)
      expect(() => parseDirectory(`version: 1\n${text}\n`, 'agents.yaml')).toThrow(DirectoryError)
  })
})
