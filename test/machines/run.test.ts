/** Machines that XState runs, without the functions of this product around them. */
import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import { deadlines, effects, standardConfig, userMachine } from '../../machines/index.ts'
import { agent, MRD } from './agent.ts'

const { config } = agent()
const input = { user: '1001', role: 'authority', sides: ['A'], config } as const
const task = { id: 't', scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' }

/** Signs in to one medium, becomes READY there, and is offered a task. */
function isOffered(on: ReturnType<typeof createActor<typeof userMachine>>): void {
  const signIn = { maxDialogLimit: 2, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' } as const
  on.send({ type: 'MEDIA_SIGN_IN', side: 'A', mrd: MRD, ...signIn, at: 1 })
  on.send({ type: 'MEDIA_STATE', mrd: MRD, state: 'READY', reason: null, at: 2 })
  on.send({ type: 'OFFER', mrd: MRD, offer: 'o', task, at: 3 })
}

describe('effects of a tree', () => {
  it('come in order from every actor, also from actors that start later', () => {
    const actor = createActor(userMachine, { input })
    const heard: string[] = []
    const hearing = effects(actor, ({ type }) => heard.push(type))
    actor.start()
    isOffered(actor)
    expect(heard).toEqual([
      'media.changed',
      'media.changed',
      'acd',
      'deadline.armed',
      'deadline.armed',
      'media.changed',
      'task.added',
    ])
    hearing.unsubscribe()
    actor.send({ type: 'MEDIA_STATE', mrd: MRD, state: 'LOGOUT', reason: null, at: 4 })
    expect(heard).toHaveLength(7)
  })

  it('come from actors that a snapshot restores', () => {
    const before = createActor(userMachine, { input })
    before.start()
    isOffered(before)
    const snapshot = JSON.parse(JSON.stringify(before.getPersistedSnapshot()))
    const after = createActor(userMachine, { input, snapshot })
    const heard: string[] = []
    effects(after, ({ type }) => heard.push(type))
    after.start()
    const dialog = `1000_1001_${MRD}`
    after.send({ type: 'DIALOG_ACTION', mrd: MRD, dialog, action: 'ACCEPT', target: '', targetKnown: true, at: 4 })
    expect(heard).toEqual(['deadline.cleared', 'task.changed', 'acd', 'media.changed'])
  })
})

describe('a user alone', () => {
  it('needs only the id of the user', () => {
    const actor = createActor(userMachine, { input: { user: '1001' } })
    const states: unknown[] = []
    effects(actor, (effect) => void (effect.type === 'user.changed' && states.push(effect.user.state)))
    actor.start()
    actor.send({ type: 'SIGN_IN', side: 'A', extension: '1001', mobileAgent: null, at: 1 })
    actor.send({ type: 'READY', supervisor: false, at: 2 })
    expect(states).toEqual(['NOT_READY', 'READY'])
    expect(actor.getSnapshot()).toMatchObject({ status: 'active', value: { SIGNED_IN: 'READY' } })
  })
})

describe('deadlines of a tree', () => {
  /** A clock that a test sets. */
  function clock() {
    const waiting = new Map<() => void, number>()
    return {
      wakeAt: (due: number, run: () => void) => {
        waiting.set(run, due)
        return () => void waiting.delete(run)
      },
      /** Runs everything that is due at that time. */
      goTo: (time: number) => {
        for (const [run, due] of [...waiting]) if (due <= time && waiting.delete(run)) run()
      },
      get waiting() {
        return waiting.size
      },
    }
  }

  function offered() {
    const actor = createActor(userMachine, { input: { user: '1001', config: standardConfig('1001', [MRD]) } })
    const time = clock()
    const closed: unknown[] = []
    effects(actor, (effect) => void (effect.type === 'task.removed' && closed.push(effect.task.dispositionCode)))
    const keeping = deadlines(actor, time.wakeAt)
    actor.start()
    isOffered(actor)
    return { actor, time, closed, keeping }
  }

  it('reach their actor when they are due (D3)', () => {
    const { time, closed } = offered()
    expect(time.waiting).toBe(2)
    time.goTo(30_002)
    expect(closed).toEqual([])
    time.goTo(30_003)
    expect(closed).toEqual(['CD_RING_NO_ANSWER'])
    expect(time.waiting).toBe(0)
  })

  it('do not expire after they were cleared, or after unsubscribe', () => {
    const { actor, time, closed, keeping } = offered()
    const about = { mrd: MRD, dialog: `1000_1001_${MRD}`, target: '', targetKnown: true } as const
    actor.send({ type: 'DIALOG_ACTION', ...about, action: 'ACCEPT', at: 4 })
    expect(time.waiting).toBe(1)
    time.goTo(40_000)
    expect(closed).toEqual([])
    keeping.unsubscribe()
    expect(time.waiting).toBe(0)
  })
})
