/** Each exported machine without a parent actor has the same effects and deadlines as in a tree. */
import { describe, expect, it } from 'vitest'
import { type AnyActor, createActor } from 'xstate'
import {
  callMachine,
  deadlines,
  effects,
  mediaMachine,
  mediaOffer,
  mediaSignIn,
  mediaState,
  mediaWithGuards,
  presenceMachine,
  sideMachine,
  taskMachine,
} from '../../machines/index.ts'

/** Starts an actor. Records the names of effects and reports, and the deadlines, which the test lets expire. */
function run<A extends AnyActor>(actor: A) {
  const heard: string[] = []
  const waiting = new Map<string, () => void>()
  effects(actor, (effect) => {
    heard.push(effect.type === 'reported' ? `reported ${effect.report.type}` : effect.type)
  })
  deadlines(actor, (due, wake) => {
    const key = `at ${due}`
    waiting.set(key, wake)
    return () => waiting.delete(key)
  })
  actor.start()
  return {
    actor,
    waiting: () => [...waiting.keys()],
    reach: (due: number) => {
      const wake = waiting.get(`at ${due}`)
      waiting.delete(`at ${due}`)
      wake?.()
    },
    heard: () => heard.splice(0),
  }
}

const task = { id: 't', scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' }
const signIn = { maxDialogLimit: 2, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' } as const

describe('a dialog alone', () => {
  const begun = () => run(createActor(taskMachine, { input: { dialog: '7', at: 100 } }))

  it('emits its reports to the medium as effects', () => {
    const { actor, heard } = begun()
    expect(heard()).toEqual(['deadline.armed', 'deadline.armed'])
    actor.send({ type: 'ACCEPT', at: 101 })
    expect(heard()).toEqual(['deadline.cleared', 'task.changed', 'reported DIALOG_CHANGED', 'acd'])
    actor.send({ type: 'START', at: 102 })
    actor.send({ type: 'CLOSE', at: 103 })
    expect(actor.getSnapshot()).toMatchObject({ status: 'done', value: 'CLOSED' })
  })

  it('has its deadlines, whatever the id of the actor is', () => {
    const { actor, waiting, reach, heard } = begun()
    expect(waiting()).toEqual(['at 30100', 'at 28800100'])
    reach(30_100)
    expect(actor.getSnapshot().value).toBe('CLOSED')
    expect(waiting()).toEqual([])
    expect(heard()).toContain('reported DIALOG_CHANGED')
    reach(28_800_100)
  })

  it('continues from a snapshot', () => {
    const { actor } = begun()
    actor.send({ type: 'ACCEPT', at: 101 })
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()))
    const after = run(createActor(taskMachine, { input: { dialog: '7', at: 100 }, snapshot }))
    after.actor.send({ type: 'START', at: 102 })
    expect(after.heard()).toEqual(['task.changed', 'reported DIALOG_CHANGED'])
    expect(JSON.stringify(after.actor.getPersistedSnapshot())).toContain('"ACTIVE"')
  })
})

describe('a medium alone', () => {
  const begun = () => run(createActor(mediaMachine, { input: { user: '1001', mrd: '5001' } }))
  const ready = () => {
    const on = begun()
    const { settings } = on.actor.getSnapshot().context
    on.actor.send({ type: 'SIGN_IN', side: 'A', actingSide: 'A', knownOn: ['A'], signIn, settings, at: 1 })
    on.actor.send({ type: 'READY', at: 2 })
    return on
  }

  it('has its dialogs as child actors, and emits its reports as effects', () => {
    const { actor, heard, waiting, reach } = ready()
    expect(heard()).toEqual(['reported MEDIUM_SIGNED_IN', 'media.changed', 'media.changed'])
    actor.send({ type: 'OFFER', offer: 'o', task, busyElsewhere: false, at: 3 })
    expect(actor.getSnapshot().value).toEqual({ SIGNED_IN: 'RESERVED' })
    expect(waiting()).toEqual(['at 30003', 'at 28800003'])
    heard()
    reach(30_003)
    expect(actor.getSnapshot().value).toEqual({ SIGNED_IN: 'READY' })
    expect(heard()).toEqual([
      'deadline.cleared',
      'task.removed',
      'acd',
      'reported DIALOG_CLOSED',
      'media.changed',
      'deadline.cleared',
      'deadline.cleared',
      'deadline.cleared',
    ])
  })

  it('reports a sign-out', () => {
    const { actor, heard } = ready()
    heard()
    actor.send({ type: 'SIGN_OUT', reason: null, at: 3 })
    expect(heard()).toEqual(['reported MEDIUM_SIGNED_OUT', 'media.changed'])
  })
})

it('a presence alone reports that its user has to be signed out by force (P2)', () => {
  const { actor, heard, waiting, reach } = run(createActor(presenceMachine, { input: {} }))
  actor.send({ type: 'AVAILABLE', session: 'a', at: 1 })
  actor.send({ type: 'UNAVAILABLE', session: 'a', watched: true, at: 2 })
  expect(waiting()).toEqual(['at 60002'])
  reach(60_002)
  expect(actor.getSnapshot().value).toBe('ABSENT')
  expect(heard()).toEqual([
    'reported CAME',
    'reported WENT',
    'deadline.armed',
    'deadline.cleared',
    'reported FORCED_SIGN_OUT',
  ])
})

it('a call alone stops ringing at its ring timeout (V10)', () => {
  const { actor, waiting, reach } = run(createActor(callMachine, { input: { dialog: '16777217' } }))
  const call = { from: '1', to: '2', user: '1001', variables: [], wrapUp: false, ringMs: 10 }
  actor.send({ type: 'ARRIVES', ...call, at: 5 })
  expect(waiting()).toEqual(['at 15'])
  reach(15)
  expect(actor.getSnapshot()).toMatchObject({ status: 'done', value: 'DROPPED' })
})

it('a side alone is in service until it loses a dependency', () => {
  const { actor, heard } = run(createActor(sideMachine))
  actor.send({ type: 'LOST', dependency: 'acd-link', at: 1 })
  expect(heard()).toEqual(['side.changed'])
  expect(actor.getSnapshot().value).toBe('OUT_OF_SERVICE')
})

describe('a medium alone', () => {
  it('needs a time only for a sign-in, and an id for an offer; its guards can be replaced', () => {
    const machine = mediaWithGuards({
      mayTakeTask: (args, original) => original(args) && args.event.task.scriptSelector !== 'test',
    })
    const { actor, heard } = run(createActor(machine, { input: { user: '1001', mrd: '5002' } }))
    actor.send(mediaSignIn({ at: 1 }))
    actor.send({ type: 'READY', at: 2 })
    heard()
    actor.send(mediaOffer({ at: 3, id: 'a', scriptSelector: 'test' }))
    expect(heard()).toEqual(['acd'])
    expect(mediaState(actor.getSnapshot())).toBe('READY')
    actor.send(mediaOffer({ at: 4, id: 'b' }))
    expect(mediaState(actor.getSnapshot())).toBe('RESERVED')
    actor.send(mediaOffer({ at: 5, id: 'c' })) // the default limit is one dialog
    expect(Object.keys(actor.getSnapshot().context.dialogs)).toHaveLength(1)
  })
})
