/** The charts against the tables: names are wire values, every step is listed, nothing waits for a clock. */
import { describe, expect, it } from 'vitest'
import {
  callMachine,
  MEDIA_STEPS,
  mediaMachine,
  presenceMachine,
  sideMachine,
  TASK_STEPS,
  taskMachine,
  USER_STEPS,
  userMachine,
} from '../../machines/index.ts'

/** States that are left at once: a request that never stays, and the ladders. */
const TRANSIENT = ['LOGIN', 'deriving']

interface Node {
  readonly key: string
  readonly states: Readonly<Record<string, Node>>
  readonly transitions: ReadonlyMap<
    string,
    readonly { readonly target?: readonly { readonly key: string }[] | undefined }[]
  >
  readonly always?: readonly { readonly target?: readonly { readonly key: string }[] | undefined }[] | undefined
}

const isTaskState = (key: string): key is keyof typeof TASK_STEPS => key in TASK_STEPS

const targets = (transitions: readonly { readonly target?: readonly { readonly key: string }[] | undefined }[]) =>
  transitions.flatMap((transition) => (transition.target ?? []).map((target) => target.key))

/** States that the chart can reach from `from` in one step, transient states resolved. */
function successors(root: Node, from: string): ReadonlySet<string> {
  const state = root.states[from]
  // A state that handles an event shadows the root; a follower's USER_EVENT reaches everything by design.
  const own = [...(state?.transitions ?? [])].filter(([event]) => event !== 'USER_EVENT')
  const shadowed = new Set(own.map(([event]) => event))
  const inherited = [...root.transitions].filter(([event]) => event !== 'USER_EVENT' && !shadowed.has(event))
  const direct = [...own, ...inherited].flatMap(([, transitions]) => targets(transitions))
  const resolve = (key: string): readonly string[] =>
    TRANSIENT.includes(key) ? targets(root.states[key]?.always ?? []).flatMap(resolve) : [key]
  return new Set(direct.flatMap(resolve))
}

describe.each([
  ['user', userMachine, Object.keys(USER_STEPS)],
  ['media', mediaMachine, Object.keys(MEDIA_STEPS)],
  ['task', taskMachine, Object.keys(TASK_STEPS)],
  ['call', callMachine, ['INITIATED', 'ALERTING', 'ACTIVE', 'FAILED', 'DROPPED']],
  ['side', sideMachine, ['IN_SERVICE', 'OUT_OF_SERVICE']],
] as const)('%s machine', (_, machine, wireValues) => {
  it('its states are the wire values', () => {
    const resting = Object.keys(machine.root.states).filter((key) => !TRANSIENT.includes(key))
    expect(resting.sort()).toEqual([...wireValues].sort())
  })
})

describe('transient states are left at once, whatever happens', () => {
  it.each([
    ['user', userMachine.root.states],
    ['media', mediaMachine.root.states],
  ] as const)('%s', (_, states) => {
    for (const key of TRANSIENT) {
      const always = Object.entries(states).find(([name]) => name === key)?.[1].always ?? []
      expect(always.length).toBeGreaterThan(0)
      // The last row holds whatever the guards say.
      expect(always.at(-1)?.guard).toBeUndefined()
    }
  })
})

describe('steps of the charts are in the tables', () => {
  it.each(Object.keys(TASK_STEPS).filter(isTaskState))('task: from %s', (from) => {
    const reached = [...successors(taskMachine.root, from)]
    expect(reached.filter((to) => to !== from && !TASK_STEPS[from].some((listed) => listed === to))).toEqual([])
  })

  it('media: a signed-out medium can only be signed in', () => {
    expect([...successors(mediaMachine.root, 'LOGOUT')]).toEqual(['NOT_READY'])
  })

  it('user: LOGOUT leads to NOT_READY only (U2, U3); NOT_READY and READY follow U4, U5, U6, U8, U9 and the supervisor rows', () => {
    expect([...successors(userMachine.root, 'LOGOUT')]).toEqual(['NOT_READY'])
    const allowed = new Set<string>([...USER_STEPS.READY, 'READY', 'HOLD', 'WORK', 'WORK_READY'])
    expect([...successors(userMachine.root, 'READY')].filter((to) => !allowed.has(to))).toEqual([])
  })

  it('presence: nobody is signed out but from GRACE', () => {
    const forced = Object.entries(presenceMachine.root.states).filter(([, state]) =>
      [...state.transitions.values()]
        .flat()
        .some((transition) => JSON.stringify(transition.actions).includes('forceSignOut')),
    )
    expect(forced.map(([key]) => key)).toEqual(['GRACE'])
  })
})
