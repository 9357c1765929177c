/** Machines by themselves, as XState runs them. */
import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import { effects, userMachine } from '../../machines/index.ts'
import { agent, MRD } from './agent.ts'

const { config } = agent()
const input = { user: '1001', role: 'authority', sides: ['A'], config } as const
const task = { id: 't', scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' }

/** Signed in to one medium, READY there, and offered a task. */
function isOffered(on: ReturnType<typeof createActor<typeof userMachine>>): void {
  const signIn = { maxDialogLimit: 2, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' } as const
  on.send({ type: 'MEDIA_SIGN_IN', side: 'A', mrd: MRD, ...signIn, at: 1 })
  on.send({ type: 'MEDIA_STATE', mrd: MRD, state: 'READY', reason: null, at: 2 })
  on.send({ type: 'OFFER', mrd: MRD, offer: 'o', task, at: 3 })
}

describe('effects of a tree', () => {
  it('come in order from every actor, of those that come later as well', () => {
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

  it('come from those that a snapshot brings back', () => {
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
