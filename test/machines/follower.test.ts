/** A follower takes every state from its Finesse, publishes exactly that state, and marks steps that are not listed. */
import { describe, expect, it } from 'vitest'
import { type Effect, isEffect, type NamedValue } from '../../machines/effects.ts'
import {
  followedUserMachine,
  MEDIA_STATES,
  mediaMachine,
  stepsOf,
  TASK_STATES,
  taskMachine,
  USER_STATES,
  userMachine,
} from '../../machines/index.ts'
import type { MediaState, Reason, Side, TaskState, UserState } from '../../machines/wire.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'
import { userSetup } from '../../src/engine/aggregate/user/setup.ts'
import { CALL } from './agent.ts'

const { directory } = await loadDirectory()
const user = directory.users.find((each) => each.id === '1001')
if (!user) throw new Error('the sample has no user 1001')
const { config } = userSetup(directory, user, { role: 'follower', acd: 'built-in', sides: ['A'] })
const MRD = '5001'
const DIALOG = 'dialog-1'
const LUNCH = { id: '7', code: 42, label: 'Lunch', category: 'NOT_READY', forAll: true, systemCode: false } as const

/** A follower, with functions that send it events. */
function follower() {
  const input = { user: '1001', sides: ['A', 'B'], config } as const
  const tree = actorTree(followedUserMachine, 'user', input, isEffect)
  let at = 0
  const next = () => {
    at += 1000
    return at
  }
  return {
    user: (state: UserState, more: { readonly reason?: Reason; readonly extension?: string } = {}) =>
      tree.send({ type: 'USER_EVENT', state, reason: null, ...more, at: next() }),
    medium: (state: MediaState, more: { readonly routable?: boolean } = {}) =>
      tree.send({ type: 'MEDIA_EVENT', mrd: MRD, state, ...more, at: next() }),
    toDialog: (type: string) => tree.sendTo(DIALOG, { type, at: next() }),
    path: (type: 'PATH_LOST' | 'PATH_BACK') => tree.send({ type, at: next() }),
    dialog: (state: TaskState, more: { readonly variables?: readonly NamedValue[] } = {}) =>
      tree.send({ type: 'TASK_EVENT', mrd: MRD, dialog: DIALOG, state, ...more, at: next() }),
    link: (type: 'LINK_LOST' | 'LINK_BACK', side: Side = 'A') => tree.send({ type, side, at: next() }),
    presence: (side: Side) => tree.send({ type: 'PRESENCE', side, session: `at ${side}`, available: true, at: next() }),
    leg: (leg: 'ALERTING' | 'ACTIVE') =>
      tree.send({
        type: leg === 'ALERTING' ? 'CALL_ADDED' : 'CALL_CHANGED',
        leg,
        call: CALL,
        notAnswered: false,
        at: next(),
      }),
  }
}

/** The published changes and the steps, in order. */
const heard = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => {
    switch (effect.type) {
      case 'user.changed':
        return [`user ${effect.user.state} since ${effect.user.stateChangeTime}`]
      case 'media.changed':
        return [`media ${effect.media.state} since ${effect.media.stateChangeTime}`]
      case 'task.changed':
      case 'task.removed':
        return [`${effect.type} ${effect.task.state} since ${effect.task.stateChangeTime}`]
      case 'followed':
        return [`from ${effect.from} to ${effect.to}${effect.listed ? '' : ', unlisted'}`]
      default:
        return []
    }
  })

/** Every step from one state to another. */
const steps = <S extends string>(states: readonly S[]) =>
  states.flatMap((from) => states.filter((to) => to !== from).map((to) => [from, to] as const))
const flag = (from: string, to: string, machine: Parameters<typeof stepsOf>[0]) =>
  `from ${from} to ${to}${stepsOf(machine).get(from)?.includes(to) ? '' : ', unlisted'}`

describe('a followed user', () => {
  it.each(steps(USER_STATES))('goes from %s to %s (user 5.1)', (from, to) => {
    const { user: told } = follower()
    told('UNKNOWN')
    told(from)
    expect(heard(told(to))).toEqual([flag(from, to, userMachine), `user ${to} since 3000`])
  })
})

describe('values that come with a state', () => {
  const extensionOf = (effects: readonly Effect[]) =>
    effects.flatMap((effect) =>
      effect.type === 'user.changed' ? [effect.user.extension, effect.user.reason?.code] : [],
    )

  it('reason and extension of a user are published when they change; an event without an extension keeps it', () => {
    const { user: told } = follower()
    expect(extensionOf(told('NOT_READY', { extension: '1001', reason: LUNCH }))).toEqual(['1001', 42])
    expect(extensionOf(told('NOT_READY', { reason: LUNCH }))).toEqual([])
    expect(extensionOf(told('NOT_READY'))).toEqual(['1001', undefined])
    expect(extensionOf(told('NOT_READY', { extension: '1002' }))).toEqual(['1002', undefined])
    expect(extensionOf(told('NOT_READY'))).toEqual([])
  })

  it('the mode of a medium is published when it changes; an event without a mode keeps it', () => {
    const { medium } = follower()
    const mode = (effects: readonly Effect[]) =>
      effects.flatMap((effect) => (effect.type === 'media.changed' ? [effect.media.routable] : []))
    expect(mode(medium('READY', { routable: true }))).toEqual([true])
    expect(mode(medium('READY', { routable: true }))).toEqual([])
    expect(mode(medium('READY', { routable: false }))).toEqual([false])
    expect(mode(medium('READY'))).toEqual([])
    expect(mode(medium('ACTIVE'))).toEqual([false])
  })

  it('variables of a dialog replace the old ones; an event without variables keeps them', () => {
    const { medium, dialog } = follower()
    medium('READY')
    const variables = (effects: readonly Effect[]) =>
      effects.flatMap((effect) => (effect.type === 'task.changed' ? [effect.task.task.variables] : []))
    const [first, second] = [[{ name: 'a', value: '1' }], [{ name: 'b', value: '2' }]]
    expect(variables(dialog('OFFERED', { variables: first }))).toEqual([first])
    expect(variables(dialog('ACCEPTED'))).toEqual([first])
    expect(variables(dialog('ACTIVE', { variables: second }))).toEqual([second])
  })
})

describe('a follower decides nothing', () => {
  it.each(['A', 'B'] as const)(
    'but shows WORK_NOT_READY while the link of the one side is lost, and then the followed state: %s',
    (side) => {
      const { medium, link } = follower()
      medium('READY', { routable: true })
      expect(heard(link('LINK_LOST', side))).toEqual(['media WORK_NOT_READY since 2000'])
      expect(heard(link('LINK_BACK', side))).toEqual(['media READY since 3000'])
    },
  )

  it('presence on another side changes nothing', () => {
    const { user: told, medium, presence } = follower()
    told('NOT_READY')
    medium('READY')
    presence('A')
    expect(presence('B')).toEqual([])
    expect(presence('A')).toEqual([])
  })

  it('a change of a dialog does not change the medium', () => {
    const { medium, dialog } = follower()
    medium('READY')
    expect(heard(dialog('ACTIVE')).filter((line) => line.startsWith('media'))).toEqual([])
    expect(heard(dialog('CLOSED')).filter((line) => line.startsWith('media'))).toEqual([])
  })

  it('an answered call interrupts no medium', () => {
    const { user: told, medium, dialog, leg } = follower()
    told('NOT_READY')
    medium('ACTIVE')
    dialog('ACTIVE')
    leg('ALERTING')
    expect(heard(leg('ACTIVE')).filter((line) => line.startsWith('media'))).toEqual([])
  })
})

describe('a followed medium', () => {
  it.each(steps(MEDIA_STATES))('goes from %s to %s', (from, to) => {
    const { medium } = follower()
    medium('WORK_NOT_READY')
    medium(from)
    expect(heard(medium(to))).toEqual([flag(from, to, mediaMachine), `media ${to} since 3000`])
  })
})

describe('a followed dialog', () => {
  const open = steps(TASK_STATES).filter(([from]) => from !== 'CLOSED')

  it.each(open)('goes from %s to %s', (from, to) => {
    const { medium, dialog } = follower()
    medium('READY')
    dialog('OFFERED')
    dialog(from)
    const word = to === 'CLOSED' ? 'task.removed' : 'task.changed'
    expect(heard(dialog(to))).toEqual([flag(from, to, taskMachine), `${word} ${to} since 4000`])
  })

  it('is removed when it is closed; a later event with another state makes a new one', () => {
    const { medium, dialog } = follower()
    medium('READY')
    dialog('ACTIVE')
    dialog('CLOSED')
    expect(heard(dialog('CLOSED'))).toEqual([])
    expect(heard(dialog('PAUSED'))).toEqual(['from OFFERED to PAUSED, unlisted', 'task.changed PAUSED since 5000'])
  })

  it.each([
    ['START_TIMEOUT', 'OFFERED'],
    ['MAX_TASK_DURATION', 'OFFERED'],
    ['MAX_TASK_DURATION', 'ACTIVE'],
  ] as const)('is not ended by %s in %s, because the Finesse that is followed ends it', (deadline, state) => {
    const { medium, dialog, toDialog } = follower()
    medium('READY')
    dialog(state)
    expect(toDialog(deadline)).toEqual([])
    expect(heard(dialog('PAUSED'))[0]).toMatch(`from ${state} to PAUSED`)
  })

  it.each(['ACTIVE', 'PAUSED', 'WRAPPING_UP'] as const)(
    'that was %s before an interrupt keeps its actions during it (11.3)',
    (state) => {
      const { medium, dialog } = follower()
      medium('READY')
      const actionsOf = (effects: readonly Effect[]) =>
        effects.flatMap((effect) => (effect.type === 'task.changed' ? [effect.task.actions] : []))
      const [actions] = actionsOf(dialog(state))
      expect(actions?.length).toBeGreaterThan(2)
      expect(actionsOf(dialog('INTERRUPTED'))).toEqual([actions])
      expect(actionsOf(dialog('INTERRUPTED'))).toEqual([actions])
      expect(actionsOf(dialog(state))).toEqual([actions])
    },
  )

  it('gets no deadline when the path to its MRD is lost', () => {
    const { medium, dialog, path } = follower()
    medium('READY')
    dialog('ACTIVE')
    expect(path('PATH_LOST')).toEqual([])
  })
})
