/** A follower takes every state from its Finesse, publishes exactly that state, and marks steps that are not listed. */
import { describe, expect, it } from 'vitest'
import { type Effect, isEffect, type LegView, type NamedValue } from '../../machines/effects.ts'
import {
  CALL_STATES,
  callMachine,
  followedUserMachine,
  LEG_STATES,
  legMachine,
  MEDIA_STATES,
  mediaMachine,
  stepsOf,
  TASK_STATES,
  taskMachine,
  USER_STATES,
  userMachine,
} from '../../machines/index.ts'
import type { CallState, LegState, MediaState, Reason, Side, TaskState, UserState } from '../../machines/wire.ts'
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
    /** A report of the call with these states of its parties: the agent, then the others. */
    call: (state: CallState, parties: readonly LegView[], change: 'ADDED' | 'CHANGED' | 'REMOVED' = 'CHANGED') =>
      tree.send({ type: 'CALL_EVENT', change, call: { ...CALL, state, legs: parties }, at: next() }),
    remove: (reason: Reason) => tree.send({ type: 'REMOVED', reason, at: next() }),
    /** The ids and states of the calls and their legs. */
    calls: () => childrenOf(tree.actor.getSnapshot()),
    legs: () => tree.actor.getSnapshot().context.legs,
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

interface Parent {
  readonly children: Readonly<Record<string, { getSnapshot(): unknown } | undefined>>
}

const isParent = (snapshot: unknown): snapshot is Parent & { readonly value: unknown } =>
  typeof snapshot === 'object' && snapshot !== null && 'children' in snapshot

/** The calls below a user, and the legs below them, as `id state`. */
function childrenOf({ children }: Parent): readonly string[] {
  return Object.entries(children).flatMap(([id, child]) => {
    const snapshot = child?.getSnapshot()
    if (!isParent(snapshot) || !/^call:|#/.test(id)) return []
    return [`${id} ${String(snapshot.value)}`, ...childrenOf(snapshot)]
  })
}

const party = (state: LegState, mediaAddress: string, user?: string): LegView => ({
  ...{ mediaAddress, state, stateCause: '', startTime: 1, stateChangeTime: 1 },
  ...(user === undefined ? {} : { user }),
})
const agent = (state: LegState) => party(state, '1001', '1001')
const customer = (state: LegState) => party(state, '5550100')

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
      case 'call.added':
      case 'call.changed':
      case 'call.removed':
        return [`${effect.type} ${effect.call.state}`]
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

describe('a followed call', () => {
  it.each(steps(CALL_STATES))('goes from %s to %s, which is flagged if no table has it', (from, to) => {
    const { call, calls } = follower()
    expect(heard(call(from, [], 'ADDED'))).toEqual([`from ${from} to ${from}`, `call.added ${from}`])
    expect(heard(call(to, []))).toEqual([flag(from, to, callMachine), `call.changed ${to}`])
    expect(calls()).toEqual([`call:77 ${to}`])
  })

  it.each(steps(LEG_STATES).filter(([from]) => !['DROPPED', 'WRAP_UP'].includes(from)))(
    'has a party that goes from %s to %s',
    (from, to) => {
      const { call, calls } = follower()
      call('ACTIVE', [customer('ACTIVE'), agent(from)])
      const [, ...told] = heard(call('ACTIVE', [agent(to), customer('ACTIVE')]))
      expect(told).toEqual([flag(from, to, legMachine), 'from ACTIVE to ACTIVE', 'call.changed ACTIVE'])
      expect(calls()).toEqual(['call:77 ACTIVE', `77#1001 ${to}`, '77#+1 ACTIVE'])
    },
  )

  it('is new to the user at its first report, however that is called, and gone after the DELETE', () => {
    const { call, calls, legs } = follower()
    expect(heard(call('ACTIVE', [agent('HELD'), customer('ACTIVE')]))).toEqual([
      'from ACTIVE to ACTIVE',
      'call.added ACTIVE',
    ])
    expect(calls()).toEqual(['call:77 ACTIVE', '77#1001 HELD', '77#+1 ACTIVE'])
    expect(legs()).toMatchObject({ 77: { state: 'HELD', call: { state: 'ACTIVE' } } })
    expect(heard(call('ACTIVE', [agent('DROPPED'), customer('ACTIVE')], 'REMOVED'))).toContain('call.removed ACTIVE')
    expect([calls(), legs()]).toEqual([[], {}])
    expect(heard(call('DROPPED', [], 'REMOVED'))).toEqual([])
    expect(calls()).toEqual([])
  })

  it('is not over while its agent has not left it: a DROPPED call may be reported again', () => {
    const { call, calls } = follower()
    call('ACTIVE', [agent('ACTIVE')])
    call('DROPPED', [agent('DROPPED')])
    expect(calls()).toEqual(['call:77 DROPPED', '77#1001 DROPPED'])
    expect(heard(call('ACTIVE', [agent('ACTIVE')]))).toContain('from DROPPED to ACTIVE, unlisted')
    expect(calls()).toEqual(['call:77 ACTIVE', '77#1001 ACTIVE'])
  })

  it('keeps the numbers of its outside parties, whatever their order, and those who have left are gone', () => {
    const { call, calls } = follower()
    const other = (state: LegState) => party(state, '5550200')
    call('ACTIVE', [agent('ACTIVE'), customer('ACTIVE')])
    call('ACTIVE', [other('ALERTING'), customer('ACTIVE'), agent('ACTIVE')])
    expect(calls()).toEqual(['call:77 ACTIVE', '77#1001 ACTIVE', '77#+1 ACTIVE', '77#+2 ALERTING'])
    call('ACTIVE', [agent('ACTIVE'), other('ACTIVE')])
    expect(calls()).toEqual(['call:77 ACTIVE', '77#1001 ACTIVE', '77#+2 ACTIVE'])
    call('ACTIVE', [other('ACTIVE'), other('HELD')])
    expect(calls()).toEqual(['call:77 ACTIVE', '77#+2 ACTIVE', '77#+1 HELD'])
  })

  it('has a new leg for a party that had left and comes again, which is no step', () => {
    const { call, calls } = follower()
    call('ACTIVE', [agent('WRAP_UP'), customer('ACTIVE')])
    expect(heard(call('ACTIVE', [agent('ALERTING'), customer('ACTIVE')])).join()).not.toContain('unlisted')
    expect(calls()).toEqual(['call:77 ACTIVE', '77#+1 ACTIVE', '77#1001 ALERTING'])
  })

  it('shows its own state for an agent whom no party names yet', () => {
    const { call, legs } = follower()
    call('ALERTING', [party('ALERTING', '1001')])
    expect(legs()).toMatchObject({ 77: { state: 'ALERTING' } })
  })

  it.each(['LOGOUT', 'READY'] as const)('is forgotten with a removed user who was %s', (state) => {
    const { user: told, call, calls, legs, remove } = follower()
    told(state)
    call('ACTIVE', [agent('ACTIVE')])
    remove(LUNCH)
    expect([calls(), legs()]).toEqual([[], {}])
  })

  it('changes no state of its user', () => {
    const { user: told, call } = follower()
    told('READY')
    const lines = heard([...call('ACTIVE', [agent('ACTIVE')]), ...call('DROPPED', [agent('DROPPED')], 'REMOVED')])
    expect(lines.filter((line) => line.startsWith('user'))).toEqual([])
  })
})
