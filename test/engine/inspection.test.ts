/** Inspectors see the committed steps of an engine, and nothing else. */
import { createInspector, type StatelyInspectionEvent } from '@statelyai/inspect'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../machines/index.ts'
import type { InspectedEvent, InspectionObserver } from '../../src/engine/inspection/api.ts'
import { memoryStore } from '../../src/store/memory/store.ts'
import { leafOf } from '../inspect/stage.ts'
import { interrupts, signIn } from '../inspect/story.ts'
import { every } from '../store/rows.ts'
import { bench, fragileStore } from './harness.ts'
import { setTraps } from './traps.ts'

const MEDIUM = 'user/1001/media:5001'

const stateIn = (event: InspectedEvent) =>
  event.type === '@xstate.event' || !('value' in event.snapshot) ? undefined : leafOf(event.snapshot.value)

function watching() {
  const events: InspectedEvent[] = []
  const observer: InspectionObserver = { next: (event) => events.push(event) }
  return { events, observer }
}

describe('an observer', () => {
  it('sees an interrupt on its way through the actors, which have lasting names', async () => {
    const on = await bench()
    await signIn(on)
    const { events, observer } = watching()
    on.engine.inspection.subscribe(observer)
    const { email } = await interrupts(on)
    const interrupt = events.filter(
      (event) => event.type === '@xstate.event' && event.event.type === 'INTERRUPT' && event.step.sequence === 13,
    )
    expect(interrupt.map(({ actorRef }) => actorRef.sessionId)).toEqual([
      MEDIUM,
      `${MEDIUM}/task:${email}`,
      'user/1001/media:5003',
    ])
    const states = events.flatMap((event) =>
      event.type === '@xstate.snapshot' && event.actorRef.sessionId === MEDIUM ? [stateIn(event)] : [],
    )
    const changes = states.filter((state, index) => state !== states[index - 1])
    expect(changes).toEqual(['RESERVED', 'ACTIVE', 'INTERRUPTED', 'ACTIVE', 'INTERRUPTED', 'ACTIVE'])
    const lit = events.find((event) => event.actorRef.sessionId === MEDIUM && stateIn(event) === 'INTERRUPTED')
    expect(lit).toMatchObject({
      transitions: [
        {
          source: 'media.SIGNED_IN.ACTIVE',
          target: ['media.SIGNED_IN.INTERRUPTED'],
          event: 'INTERRUPT',
          guard: 'acceptsInterrupt',
          rules: ['I1', 'A15', 'media 12.3'],
          description: RULES.I1.text,
        },
      ],
    })
  })

  it('gets the steps in the order of the journal, with row and origin', async () => {
    const rows: number[] = []
    const store = memoryStore({ id: 'test', keep: 'history' })
    const on = await bench({ store })
    const { events, observer } = watching()
    on.engine.inspection.subscribe(observer)
    await signIn(on)
    await on.engine.acd?.submitTask(
      { mrd: '5001', scriptSelector: 'email_support', agentId: '1001' },
      { via: 'acd-control', by: 'admin' },
    )
    for (const { step } of events) rows.push(step.position ?? 0)
    expect(rows).toEqual([...rows].sort((a, b) => a - b))
    const [submitted, offered] = ['queue/5001', 'user/1001'].map((name) =>
      events.findLast(({ step }) => step.aggregate === name && (step.input === 'submitTask' || step.cause !== null)),
    )
    const made = events.find(({ step }) => step.input === 'submitTask')
    expect(made?.step).toMatchObject({ aggregate: 'queue/5001', origin: { via: 'acd-control', by: 'admin' } })
    expect(offered?.step).toMatchObject({ input: 'message', cause: made?.step.position })
    expect(submitted?.step.cause).toBe(offered?.step.position)
    for (const { step } of events)
      expect(on.store && (await store.history?.row(step.position ?? 0))).toMatchObject({
        aggregate: step.aggregate,
        sequence: step.sequence,
      })
  })

  it('sees which aggregate sent a message', async () => {
    const on = await bench()
    await signIn(on)
    const { events, observer } = watching()
    on.engine.inspection.subscribe(observer)
    await interrupts(on)
    const between = events.flatMap((event) =>
      event.type === '@xstate.event' && event.step.cause !== null && event.actorRef._parent === undefined
        ? [`${event.sourceRef?.sessionId} ${event.event.type} ${event.actorRef.sessionId}`]
        : [],
    )
    expect(between).toContain('queue/5001 OFFER user/1001')
    expect(between).toContain('user/1001 accepted queue/5001')
    expect(between).toContain('call/16777217 CALL_ADDED user/1001')
  })

  it('sees nothing of a failed step and of the rebuilding after it', async () => {
    const on = await bench()
    await signIn(on)
    const { events, observer } = watching()
    on.engine.inspection.subscribe(observer)
    const traps = setTraps()
    traps.arm('task context')
    await on.engine.acd
      ?.submitTask({ mrd: '5001', scriptSelector: 'email_support', agentId: '1001' })
      .finally(() => traps.remove())
    expect(on.engine.figures.failedInputs).toBe(1)
    expect(events.some(({ step }) => step.aggregate === 'user/1001')).toBe(false)
    await on.command({ type: 'media.setState', user: '1001', mrd: '5001', state: 'NOT_READY' })
    const seen = events.filter(({ step }) => step.aggregate === 'user/1001')
    expect(seen[0]).toMatchObject({ type: '@xstate.event', event: { type: 'MEDIA_STATE' } })
    expect(seen.some(({ type }) => type === '@xstate.actor')).toBe(false)
  })

  it('sees nothing of a commit that the store refused', async () => {
    const store = fragileStore()
    const on = await bench({ store })
    await signIn(on)
    const { events, observer } = watching()
    on.engine.inspection.subscribe(observer)
    store.broken = true
    const ready = { type: 'media.setState', user: '1001', mrd: '5001', state: 'NOT_READY' } as const
    await expect(on.command(ready)).rejects.toThrow('disk full')
    expect(events).toEqual([])
    store.broken = false
    await on.clock.advance(60_000)
    await on.command(ready)
    expect(events.filter(({ type }) => type === '@xstate.event').map(({ step }) => step.sequence)).not.toEqual([])
  })

  it('sees nothing of a recovery, and finds the current actors under the same names', async () => {
    const on = await bench()
    await signIn(on)
    const { email } = await interrupts(on)
    const before = on.engine.inspection.present('user/1001').map(({ actorRef }) => actorRef.sessionId)
    expect(before).toContain(`${MEDIUM}/task:${email}`)
    const { events, observer } = watching()
    const again = await on.restart({ inspect: observer })
    const first = events.find(({ step }) => step.aggregate === 'user/1001')
    // The first event is for an input after the recovery.
    expect(first?.step.sequence).toBeGreaterThan(20)
    expect(again.engine.inspection.present('user/1001').map(({ actorRef }) => actorRef.sessionId)).toEqual(before)
    expect([...again.engine.inspection.aggregates()]).toContain('queue/5001')
    expect(again.engine.inspection.present('user/nobody')).toEqual([])
  })

  it('cannot disturb the engine: its errors are logged, and its events are ignored', async () => {
    const errors: string[] = []
    const log = { warn: () => undefined, error: (_about: object, message: string) => errors.push(message) }
    const on = await bench({
      log,
      inspect: ({ actorRef }) => {
        actorRef.send({ type: 'SIGN_OUT' })
        throw new Error('mine')
      },
    })
    await signIn(on)
    expect(errors).toContain('an inspector threw')
    expect(on.engine.get.media('1001', '5001').status?.state).toBe('READY')
  })

  it('can unsubscribe', async () => {
    const on = await bench()
    const { events, observer } = watching()
    on.engine.inspection.subscribe(observer)()
    await signIn(on)
    expect(events).toEqual([])
  })

  it('stays subscribed after a reset', async () => {
    const on = await bench({ resettable: true })
    const { events, observer } = watching()
    on.engine.inspection.subscribe(observer)
    await signIn(on)
    events.length = 0
    await on.engine.reset()
    expect(events.find(({ step }) => step.aggregate === 'user/1001')).toMatchObject({ step: { sequence: 1 } })
  })
})

it('an engine with an inspector writes the same journal', async () => {
  const [plain, watched] = await Promise.all(
    [undefined, watching().observer].map(async (inspect) => {
      const store = memoryStore({ id: 'test', keep: 'history' })
      const on = await bench({ store, ...(inspect ? { inspect } : {}) })
      await signIn(on)
      await interrupts(on)
      return JSON.stringify(await every(store.history?.all(0) ?? []))
    }),
  )
  expect(watched).toBe(plain)
})

it('an inspector of `@statelyai/inspect` can be used unchanged', async () => {
  const sent: StatelyInspectionEvent[] = []
  // The inspector does its work in a timer.
  const ready = Promise.withResolvers<void>()
  const send = (event: StatelyInspectionEvent) => {
    sent.push(event)
    const isReady = event.type === '@xstate.snapshot' && event.sessionId === 'user/1001/media:5002'
    if (isReady && JSON.stringify(event.snapshot).includes('"value":{"SIGNED_IN":"READY"}')) ready.resolve()
  }
  const on = await bench({ inspect: createInspector({ send }).inspect })
  await signIn(on)
  await ready.promise
  expect(sent.find(({ sessionId, type }) => type === '@xstate.actor' && sessionId === MEDIUM)).toMatchObject({
    parentId: 'user/1001',
    rootId: 'user/1001',
    definition: expect.stringContaining('"acceptsInterrupt"'),
  })
  expect(sent.findLast(({ sessionId, type }) => type === '@xstate.snapshot' && sessionId === MEDIUM)).toMatchObject({
    snapshot: { value: { SIGNED_IN: 'READY' } },
  })
})
