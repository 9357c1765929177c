/** The live stream: which frames viewers get, in which order, and what frames do not contain. */
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect'
import { afterEach, describe, expect, it } from 'vitest'
import type { ActorsFrame, Frame, InspectionFrame } from '../../src/inspect/protocol.ts'
import { isReady, leafOf, reached, type Served, type ServedOptions, served } from './stage.ts'
import { interrupts, SECRETS, signIn } from './story.ts'

const EMAIL = 'user/1001/media:5001'
const CHAT = 'user/1001/media:5002'

let on: Served
const open = async (options: ServedOptions = {}) => {
  on = await served(options)
  return on
}
afterEach(() => on.close())

const isInspection = (frame: Frame): frame is InspectionFrame => frame.type.startsWith('@xstate.')
const isActors = (frame: Frame): frame is ActorsFrame => frame.type === '@mrdian.actors'

describe('for readers of `@statelyai/inspect`', () => {
  it('its receiver gets the interrupt in the order of the journal, after the commits', async () => {
    await open()
    await signIn(on)
    const { ticket } = await on.admission()
    const events: (StatelyInspectionEvent & { mrdian?: { position?: number } })[] = []
    const over = Promise.withResolvers<void>()
    const present = Promise.withResolvers<void>()
    const receiver = createWebSocketReceiver({ server: `ws://127.0.0.1:${on.port}/inspect/stream?ticket=${ticket}` })
    receiver.subscribe((event) => {
      events.push(event)
      if (event.sessionId === 'side/A') present.resolve()
      if (event.type === '@xstate.snapshot' && event.event.type === 'CALL_REMOVED') over.resolve()
    })
    await present.promise
    await interrupts(on)
    await over.promise
    const actors = events.filter(({ type }) => type === '@xstate.actor')
    expect(actors.find(({ sessionId }) => sessionId === EMAIL)).toMatchObject({
      parentId: 'user/1001',
      rootId: 'user/1001',
      name: EMAIL,
      definition: expect.stringContaining('"INTERRUPTED"'),
      snapshot: { status: 'active', value: { SIGNED_IN: 'READY' } },
    })
    const states = events.flatMap((event) =>
      event.type === '@xstate.snapshot' && event.sessionId === EMAIL && 'value' in event.snapshot
        ? [leafOf(event.snapshot.value)]
        : [],
    )
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      'RESERVED',
      'ACTIVE',
      'INTERRUPTED',
      'ACTIVE',
      'INTERRUPTED',
      'ACTIVE',
    ])
    const positions = events.flatMap(({ mrdian }) => mrdian?.position ?? [])
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
    expect(events.every(({ type, _version }) => type.startsWith('@xstate.') && _version === '0.7.2')).toBe(true)
  })
})

describe('filters', () => {
  it('by user: the user and the calls of this user', async () => {
    await open()
    await signIn(on)
    const view = await on.view('?format=mrdian&user=1001')
    await view.until(isReady)
    await on.ready('1002', '5001')
    const { call } = await interrupts(on)
    await view.until(reached(`call/${call}`, 'DROPPED'))
    const roots = new Set(view.frames.filter(isInspection).map(({ rootId }) => rootId))
    expect([...roots].toSorted()).toEqual([`call/${call}`, 'user/1001'])
    await view.close()
  })

  it('by MRD: its media, tasks and queues, and their parents', async () => {
    await open()
    await signIn(on)
    const view = await on.view('?format=mrdian&mrd=5002')
    await view.until(isReady)
    const { chat } = await interrupts(on)
    await view.until(reached(`${CHAT}/task:${chat}`, 'CLOSED'))
    const actors = new Set(view.frames.filter(isInspection).map(({ sessionId }) => sessionId))
    expect(actors).toContain('queue/5002')
    expect(actors).toContain('user/1001')
    expect(actors).not.toContain(EMAIL)
    expect(actors).not.toContain('queue/5001')
    await view.close()
  })

  it('by dialog: the dialog, its medium and its user', async () => {
    await open()
    await signIn(on)
    const view = await on.view('?format=mrdian&dialog=1000_1001_5001')
    await view.until(isReady)
    const { email } = await interrupts(on)
    await view.until(reached('user/1001', 'TALKING'))
    const actors = new Set(view.frames.filter(isInspection).map(({ sessionId }) => sessionId))
    expect([...actors].toSorted()).toEqual(['user/1001', EMAIL, `${EMAIL}/task:${email}`])
    await view.close()
  })

  it('an invalid query is refused before the password is checked', async () => {
    await open()
    await expect(on.view('?formal=mrdian')).rejects.toThrow('400')
    await expect(on.view('?format=xml', {})).rejects.toThrow('400')
  })
})

describe('compact streams', () => {
  it('begin with all actors, and have contexts only for the focus', async () => {
    await open({ version: '1.2.3' })
    await signIn(on)
    const view = await on.view('?format=mrdian&focus=queue/5001')
    await view.until(isReady)
    expect(view.frames[0]).toMatchObject({
      type: '@mrdian.hello',
      protocol: 1,
      version: '1.2.3',
      storeId: 'test',
      redacted: true,
      history: true,
      steps: false,
    })
    const told = view.frames.filter(isActors)
    expect(told.map(({ aggregate }) => aggregate).toSorted()).toEqual([...on.engine.inspection.aggregates()].toSorted())
    const agent = told.find(({ aggregate }) => aggregate === 'user/1001')
    expect(agent?.actors.map(({ sessionId, snapshot }) => [sessionId, snapshot])).toEqual([
      ['user/1001', { status: 'active', value: { SIGNED_IN: 'NOT_READY' } }],
      [EMAIL, { status: 'active', value: { SIGNED_IN: 'READY' } }],
      [CHAT, { status: 'active', value: { SIGNED_IN: 'READY' } }],
      ['user/1001/media:5003', { status: 'active', value: 'LOGOUT' }],
      ['user/1001/presence:A', { status: 'active', value: 'PRESENT' }],
    ])
    expect(told.find(({ aggregate }) => aggregate === 'queue/5001')?.actors[0]?.snapshot.context).toMatchObject({
      waiting: 0,
    })
    await interrupts(on)
    await view.until(reached('user/1001', 'TALKING'))
    const frames = view.frames.filter(isInspection)
    expect(frames.some((frame) => 'definition' in frame)).toBe(false)
    for (const frame of frames) {
      const isInFocus = frame.rootId === 'queue/5001'
      if ('snapshot' in frame) expect('context' in frame.snapshot).toBe(isInFocus)
      if ('event' in frame && !isInFocus) expect(Object.keys(frame.event)).toEqual(['type'])
    }
    await view.close()
  })

  it('send the contexts of a new focus at once', async () => {
    await open()
    await signIn(on)
    const view = await on.view('?format=mrdian')
    await view.until(isReady)
    view.send({ type: 'nonsense' })
    view.send({ type: '@mrdian.focus', aggregates: ['user/1001'] })
    const told = await view.until(
      (frame) => isActors(frame) && frame.aggregate === 'user/1001' && frame.actors[0]?.snapshot.context !== undefined,
    )
    expect(isActors(told) && told.actors.every(({ snapshot }) => snapshot.context !== undefined)).toBe(true)
    await view.close()
  })

  it('machine definitions are one answer, by name', async () => {
    await open()
    const machines: unknown = await (await on.get('/machines')).json()
    expect(machines).toMatchObject({
      media: { id: 'media', states: { SIGNED_IN: { states: { INTERRUPTED: {} } } } },
      side: { id: 'side' },
    })
  })

  it('begin again after a reset', async () => {
    await open({ engine: { resettable: true } })
    await signIn(on)
    const view = await on.view('?format=mrdian')
    await view.until(isReady)
    await on.engine.reset()
    await view.until((frame) => frame.type === '@mrdian.reset')
    const at = view.frames.findIndex((frame) => frame.type === '@mrdian.reset')
    await view.until((frame) => isActors(frame) && view.frames.indexOf(frame) > at && frame.aggregate === 'user/1001')
    const told = view.frames.slice(at).find((frame) => isActors(frame) && frame.aggregate === 'user/1001')
    expect(told).toMatchObject({ sequence: 1, actors: [{ snapshot: { value: 'LOGOUT' } }, {}, {}, {}, {}] })
    await on.ready('1001', '5001')
    await view.until(reached(EMAIL, 'READY'))
    await view.close()
  })
})

describe('personal data', () => {
  it.each(['?format=stately', '?format=mrdian&user=1001&focus=queue/5001', '?format=mrdian&focus=call/16777217'])(
    'is in no frame of %s',
    async (query) => {
      await open()
      await signIn(on)
      const view = await on.view(query)
      await on.command({
        type: 'user.signIn',
        user: '1006',
        extension: '1006',
        mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: SECRETS.dialNumber },
      })
      await interrupts(on)
      await view.until(reached('call/16777217', 'DROPPED'))
      const all = view.texts.join('\n')
      for (const secret of [SECRETS.variable, SECRETS.caller, SECRETS.dialNumber, ...SECRETS.names, 'secret'])
        expect(all).not.toContain(secret)
      await view.close()
    },
  )

  it('is in the frames with `personal`, but passwords never are', async () => {
    await open({ personal: true })
    await signIn(on)
    const view = await on.view()
    await interrupts(on)
    await view.until(reached('call/16777217', 'DROPPED'))
    const all = view.texts.join('\n')
    for (const shown of [SECRETS.variable, SECRETS.caller]) expect(all).toContain(shown)
    expect(all).not.toContain('"secret"')
    await view.close()
  })
})

describe('a viewer that is too slow', () => {
  it('gets no more frames per second than allowed, the number of dropped frames, and the newest states', async () => {
    await open({ framesPerSecond: 20 })
    await signIn(on)
    const view = await on.view('?format=mrdian&user=1001')
    await view.until(isReady)
    for (let round = 0; round < 30; round += 1)
      for (const state of ['NOT_READY', 'READY'] as const)
        await on.command({ type: 'media.setState', user: '1001', mrd: '5001', state })
    await on.command({ type: 'media.setState', user: '1001', mrd: '5002', state: 'NOT_READY' })
    await view.until((frame) => frame.type === '@mrdian.dropped' && frame.count > 0)
    await view.until(
      (frame) =>
        isActors(frame) &&
        frame.actors.some(({ sessionId, snapshot }) => sessionId === CHAT && leafOf(snapshot.value) === 'NOT_READY'),
    )
    expect(on.service.figures.framesDropped).toBeGreaterThan(0)
    await view.close()
  })
})

it('without a viewer no frames are collected', async () => {
  await open()
  const view = await on.view()
  await view.close()
  await signIn(on)
  expect(on.service.figures).toMatchObject({ viewers: 0 })
})
