/**
 * Dialogs of other users, with the real engine. A user without rights on a dialog gets the same answer, byte for byte,
 * whether the dialog is open, has ended or never existed. A user with rights on it learns that it has ended.
 */

import fastify from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acdControl } from '../../src/acd/index.ts'
import type { Directory } from '../../src/directory/index.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import { createEngine, type Engine } from '../../src/index.ts'
import { finesse, finesseServerOptions } from '../../src/rest/index.ts'
import { virtualClock } from '../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../suite/sample.ts'
import { basic } from './server.ts'

const EMAIL = '5001'
const CHAT = '5002'
const RING_MS = 30_000

/** 1001 is supervised by 1234. 1002 is in the team of 1001, 1004 in another one, which 5678 supervises. */
const NOT_CONCERNED = ['1002', '1004', '5678']

async function withSecondSupervisor() {
  const { directory, credentials } = SAMPLE
  const [first] = directory.users
  if (first === undefined) throw new Error('the sample has changed')
  const more = { ...first, id: '5678', loginName: 'second', extensions: ['5678'], supervises: ['2002'] }
  const users: Directory['users'] = [...directory.users, more]
  const own = { id: '5678', loginName: 'second', kind: 'user', secret: 'plain:secret' } as const
  return { directory: { ...directory, users }, credentials: [...credentials, own] }
}

let engine: Engine
let app: ReturnType<typeof fastify>
const clock = virtualClock()
beforeEach(async () => {
  const made = await createEngine({ directory: await withSecondSupervisor(), clock })
  engine = made
  app = fastify(finesseServerOptions())
  const { accounts } = made
  if (!accounts) throw new Error('no accounts')
  await app.register(finesse, { engine })
  await app.register(acdControl, { engine, accounts })
  for (const user of ['1001', '1002', '1004', '1234', '5678']) {
    await engine.command({ type: 'user.signIn', user, extension: user === '1234' ? '1001001' : user })
    await engine.command({ type: 'user.setState', user, state: 'READY' })
  }
})
afterEach(async () => {
  await app.close()
  await engine.close()
})

const action = (name: string, address = '') =>
  `<Dialog><requestedAction>${name}</requestedAction>${address && `<targetMediaAddress>${address}</targetMediaAddress>`}</Dialog>`

/** The requests for a dialog by id. The last ones are invalid. */
const asked = (as: string): readonly (readonly ['GET' | 'HEAD' | 'PUT' | 'DELETE', string?, string?])[] => [
  ['GET'],
  ['HEAD'],
  ['PUT', action('ACCEPT')],
  ['PUT', action('ANSWER', as)],
  ['PUT', action('ANSWER', '1001')],
  ['PUT', action('DROP', as)],
  ['PUT', action('HOLD', as)],
  ['PUT', '<Dialog/>'],
  ['PUT', '<Dialog'],
  ['PUT', '{}', 'application/json'],
  ['DELETE'],
]

/** The answers to all these requests, with `ID` in place of the id of the dialog. */
async function said(as: string, id: string): Promise<readonly unknown[]> {
  const answers = []
  let lengthOfGet: unknown
  for (const [method, payload, type = 'application/xml'] of asked(as)) {
    const answer = await app.inject({
      method,
      url: `/finesse/api/Dialog/${id}`,
      headers: { authorization: basic(`${as}:secret`), ...(payload === undefined ? {} : { 'content-type': type }) },
      ...(payload === undefined ? {} : { payload }),
    })
    // Date, length and id differ from one answer to the next.
    const { date: _date, 'content-length': length, 'x-request-id': _id, ...headers } = answer.headers
    const body = answer.body.replace(`<ErrorData>${id}<`, '<ErrorData>ID<')
    answers.push({ method, status: answer.statusCode, headers, body })
    // HEAD has the content-length of GET.
    if (method === 'GET') lengthOfGet = length
    if (method === 'HEAD') expect(length).toBe(lengthOfGet)
  }
  return answers
}

/** The answer to a user without rights on the dialog. */
const REFUSED = expect.objectContaining({
  status: 401,
  body: expect.stringContaining('<ErrorType>Invalid Authorization User Specified</ErrorType>'),
})

async function expectSameForOthers(open: string, others: readonly string[]): Promise<void> {
  for (const as of NOT_CONCERNED) {
    const wanted = await said(as, open)
    expect([as, wanted[0], wanted[3]]).toEqual([as, REFUSED, REFUSED])
    for (const id of others) expect({ as, id, said: await said(as, id) }).toEqual({ as, id, said: wanted })
  }
}

const get = async (as: string, id: string) => {
  const headers = { authorization: basic(`${as}:secret`) }
  return (await app.inject({ url: `/finesse/api/Dialog/${id}`, headers })).statusCode
}

describe('calls', () => {
  const call = async () => (await engine.acd?.submitCall({ from: '5550100', to: '1001' }))?.id ?? ''
  const act = async (dialog: string, name: 'ANSWER' | 'DROP') =>
    expect(
      await engine.command({ type: 'call.act', user: '1001', dialog, action: name, targetMediaAddress: '1001' }),
    ).toEqual(DONE)

  /** The ways in which a call ends. */
  const ENDS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    'the caller hangs up while it rings': async (id) => engine.acd?.hangUp(id),
    'the caller hangs up': async (id) => {
      await act(id, 'ANSWER')
      await engine.acd?.hangUp(id)
    },
    'the agent drops it': async (id) => {
      await act(id, 'ANSWER')
      await act(id, 'DROP')
    },
    'nobody answers': async () => clock.advance(RING_MS),
  }

  it.each(Object.keys(ENDS))('that ended, and how: %s', async (how) => {
    const ended = await call()
    await ENDS[how]?.(ended)
    await engine.command({ type: 'user.setState', user: '1001', state: 'READY' })
    const open = await call()
    expect(ended).not.toBe(open)
    expect(engine.get.dialog(ended)).toBeUndefined()
    expect(engine.get.dialog(open)).toMatchObject({ kind: 'call', id: open })
    await expectSameForOthers(open, [ended, '99999999', '7'])
    const states = async (id: string) => [await get('1001', id), await get('1234', id), await get('admin', id)]
    expect(await states(open)).toEqual([200, 200, 200])
    expect(await states(ended)).toEqual([404, 404, 404])
    expect(await states('99999999')).toEqual([401, 401, 404])
  })
})

describe('tasks', () => {
  it('that were closed or given back', async () => {
    const signIn = { type: 'media.signIn', user: '1001', maxDialogLimit: 3, interruptAction: 'ACCEPT' } as const
    for (const mrd of [EMAIL, CHAT]) {
      await engine.command({ ...signIn, mrd })
      await engine.command({ type: 'media.setState', user: '1001', mrd, state: 'READY' })
    }
    const task = async (mrd: string, scriptSelector: string) =>
      (await engine.acd?.submitTask({ mrd, scriptSelector, agentId: '1001' }))?.dialogId ?? ''
    const [closed, open] = [await task(EMAIL, 'email_support'), await task(EMAIL, 'email_support')]
    for (const name of ['ACCEPT', 'START', 'CLOSE'] as const)
      expect(await engine.command({ type: 'dialog.act', user: '1001', dialog: closed, action: name })).toEqual(DONE)
    const given = await task(CHAT, 'chat_sales')
    await clock.advance(30_000)
    for (const id of [closed, given]) expect(engine.get.dialog(id)).toBeUndefined()
    expect(engine.get.dialog(open)).toMatchObject({ kind: 'task', id: open })
    const never = ['9999_1001_5001', '1_9999_5001', '1000_1001_9999', '1000_1001', 'x']
    await expectSameForOthers(open, [closed, given, ...never])
    const states = async (id: string) => [await get('1001', id), await get('1234', id), await get('admin', id)]
    expect(await states(open)).toEqual([200, 200, 200])
    for (const id of [closed, given, '9999_1001_5001']) expect(await states(id)).toEqual([404, 404, 404])
    expect(await states('1_9999_5001')).toEqual([401, 401, 404])
  })
})
