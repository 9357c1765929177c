/** The charts: states are wire values, transient states are left at once, and every step is in the tables. */
import { describe, expect, it } from 'vitest'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import {
  CALL_STATES,
  callMachine,
  followedCallMachine,
  followedLegMachine,
  followedMediaMachine,
  followedTaskMachine,
  followedUserMachine,
  LEG_STATES,
  legMachine,
  MEDIA_STATES,
  mediaMachine,
  presenceMachine,
  sideMachine,
  stepsOf,
  TASK_STATES,
  taskMachine,
  USER_STATES,
  userMachine,
} from '../../machines/index.ts'

/** States that are left at once: `LOGIN`, which is only a request, and those in which a state is derived. */
const TRANSIENT = ['LOGIN', 'deriving', 'beginning']

const leavesOf = (node: AnyStateNode): readonly AnyStateNode[] =>
  node.type === 'compound' ? Object.values<AnyStateNode>(node.states).flatMap(leavesOf) : [node]

const leaf = ({ root }: AnyStateMachine, key: string): AnyStateNode => {
  const found = leavesOf(root).find((each) => each.key === key)
  if (found === undefined) throw new Error(`there is no state ${key}`)
  return found
}

type Rows = readonly { readonly target?: readonly AnyStateNode[] | undefined }[]

/** States that the chart can reach from `from` in one step, transient states resolved. */
function successors(machine: AnyStateMachine, from: string): ReadonlySet<string> {
  const direct: AnyStateNode[] = []
  const handled = new Set<string>()
  // If a state handles an event, its parent states do not.
  for (let node: AnyStateNode | undefined = leaf(machine, from); node; node = node.parent) {
    const rows: readonly (readonly [string, Rows])[] = [...node.transitions]
    for (const [event, each] of rows) if (!handled.has(event)) direct.push(...each.flatMap(({ target = [] }) => target))
    for (const [event] of rows) handled.add(event)
  }
  const resolve = (node: AnyStateNode): readonly string[] => {
    if (node.type === 'compound') return node.initial.target.flatMap(resolve)
    const always: Rows = node.always ?? []
    return TRANSIENT.includes(node.key) ? always.flatMap(({ target = [] }) => target).flatMap(resolve) : [node.key]
  }
  return new Set(direct.flatMap(resolve))
}

describe.each([
  ['user', userMachine, USER_STATES],
  ['media', mediaMachine, MEDIA_STATES],
  ['task', taskMachine, TASK_STATES],
  ['followed user', followedUserMachine, USER_STATES],
  ['followed media', followedMediaMachine, MEDIA_STATES],
  ['followed task', followedTaskMachine, TASK_STATES],
  ['followed call', followedCallMachine, CALL_STATES],
  ['followed leg', followedLegMachine, LEG_STATES],
  ['call', callMachine, [...CALL_STATES, 'OFFERED']],
  ['leg', legMachine, LEG_STATES],
  ['side', sideMachine, ['IN_SERVICE', 'OUT_OF_SERVICE']],
] as const)('%s machine', (_, machine, wireValues) => {
  it('has the wire values as its states', () => {
    const resting = leavesOf(machine.root)
      .map(({ key }) => key)
      .filter((key) => !TRANSIENT.includes(key))
    expect(resting.sort()).toEqual([...wireValues].sort())
  })
})

describe('transient states are left at once, whatever the guards say', () => {
  it.each([
    ['user', userMachine],
    ['media', mediaMachine],
    ['followed media', followedMediaMachine],
  ] as const)('%s', (_, machine) => {
    for (const key of ['LOGIN', 'deriving']) {
      const always = leaf(machine, key).always ?? []
      expect(always.length).toBeGreaterThan(0)
      // The last row has no guard.
      expect(always.at(-1)?.guard).toBeUndefined()
    }
  })

  it.each([
    ['call', callMachine, 'deriving'],
    ['leg', legMachine, 'beginning'],
    ['followed call', followedCallMachine, 'beginning'],
    ['followed leg', followedLegMachine, 'beginning'],
  ] as const)('%s', (_, machine, key) => {
    expect((leaf(machine, key).always ?? []).at(-1)).toMatchObject({ guard: undefined })
  })
})

describe('a follower decides nothing', () => {
  it.each([
    ['user', userMachine, followedUserMachine],
    ['media', mediaMachine, followedMediaMachine],
    ['task', taskMachine, followedTaskMachine],
    ['call', callMachine, followedCallMachine],
    ['leg', legMachine, followedLegMachine],
  ] as const)('%s: no chart has events of both roles', (_, authority, follower) => {
    const told = ['USER_EVENT', 'MEDIA_EVENT', 'TASK_EVENT', 'CALL_EVENT']
    const asked = [
      'SIGN_IN',
      'READY',
      'NOT_READY',
      'SIGN_OUT',
      'OFFER',
      'ACCEPT',
      'START_TIMEOUT',
      'FORCED_SIGN_OUT',
      'INTERRUPT',
      'ANSWER',
      'DROP',
      'ARRIVES',
      'LEG_CHANGED',
    ]
    expect(authority.events.filter((event) => told.includes(event))).toEqual([])
    expect(follower.events.filter((event) => asked.includes(event))).toEqual([])
    expect(follower.events).toContain('USER_EVENT')
  })
})

describe('steps of the charts are in the tables', () => {
  it.each(TASK_STATES)('task: from %s', (from) => {
    const listed = stepsOf(taskMachine).get(from)
    const reached = [...successors(taskMachine, from)]
    expect(reached.filter((to) => to !== from && !listed?.includes(to))).toEqual([])
  })

  it.each(LEG_STATES)('leg: from %s', (from) => {
    const listed = stepsOf(legMachine).get(from)
    const reached = [...successors(legMachine, from)]
    expect(reached.filter((to) => to !== from && !listed?.includes(to))).toEqual([])
  })

  it.each(CALL_STATES)('call: from %s', (from) => {
    const listed = stepsOf(callMachine).get(from)
    // A leg that changes leads to `deriving`, whose rows hold for other states than this one, and clients see ALERTING for OFFERED.
    const own = [...(leaf(callMachine, from).transitions.values() ?? [])].flat().flatMap(({ target = [] }) => target)
    const reached = own.map(({ key }) => key).filter((key) => key !== 'deriving' && key !== 'RESERVATION')
    expect(reached.filter((to) => to !== from && !listed?.includes(to))).toEqual([])
  })

  it('media: LOGOUT leads to NOT_READY only', () => {
    expect([...successors(mediaMachine, 'LOGOUT')]).toEqual(['NOT_READY'])
  })

  it('user: LOGOUT leads to NOT_READY only (U2, U3); NOT_READY and READY follow U4, U5, U6, U8, U9 and the supervisor rows', () => {
    expect([...successors(userMachine, 'LOGOUT')]).toEqual(['NOT_READY'])
    const allowed = new Set<string>([
      ...(stepsOf(userMachine).get('READY') ?? []),
      'READY',
      'HOLD',
      'WORK',
      'WORK_READY',
    ])
    expect([...successors(userMachine, 'READY')].filter((to) => !allowed.has(to))).toEqual([])
  })

  it('presence: only GRACE leads to a forced sign-out', () => {
    const forced = Object.entries(presenceMachine.root.states).filter(([, state]) =>
      [...state.transitions.values()]
        .flat()
        .some((transition) => JSON.stringify(transition.actions).includes('forceSignOut')),
    )
    expect(forced.map(([key]) => key)).toEqual(['GRACE'])
  })
})
