/** The engine's own step of a machine and XState's are the same, whatever happens to a user or a call. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, createActor, createMachine } from 'xstate'
import { callMachine, userMachine } from '../../machines/index.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { actorTree } from '../../src/engine/actor-tree.ts'
import { quick } from '../../src/engine/chart/quick.ts'
import { userSetup } from '../../src/engine/user/setup.ts'

interface Event {
  readonly type: string
  readonly at: number
}

const isAny = (_: { readonly type: string }): _ is { readonly type: string } => true

interface Emitting {
  on(type: '*', listener: (emitted: unknown) => void): unknown
}

const isEmitting = (actor: object): actor is Emitting => 'on' in actor && typeof actor.on === 'function'

/** As XState steps it by itself. */
function plainTree(machine: AnyStateMachine, input: unknown) {
  let told: unknown[] = []
  const actor = createActor(machine, {
    id: 'root',
    input,
    inspect: ({ type, actorRef }) => {
      if (type === '@xstate.actor' && isEmitting(actorRef)) actorRef.on('*', (emitted) => void told.push(emitted))
    },
  })
  actor.start()
  return {
    send(event: Event) {
      told = []
      actor.send(event)
      return told
    },
    persist: () => JSON.stringify(actor.getPersistedSnapshot()),
  }
}

function expectSame(machine: AnyStateMachine, input: unknown, events: readonly Event[]): void {
  const plain = plainTree(machine, input)
  const tree = actorTree(machine, 'root', input, isAny)
  expect(JSON.stringify(tree.persist())).toBe(plain.persist())
  for (const event of events) {
    expect(tree.send(event), event.type).toEqual(plain.send(event))
    expect(JSON.stringify(tree.persist()), event.type).toBe(plain.persist())
  }
}

const { directory } = await loadDirectory()
const member = directory.users.find((each) => each.id === '1001')
if (!member) throw new Error('the sample has no user 1001')
const { config } = userSetup(directory, member, { role: 'authority', acd: 'built-in', sides: ['A', 'B'] })

const { constantFrom, record, oneof, constant, boolean, nat } = fc
const mrd = constantFrom('5001', '5002', '5003', '9')
const side = constantFrom('A', 'B')
const reason = constant(null)
const dialog = fc.tuple(nat(2), mrd).map(([number, id]) => `${1000 + number}_1001_${id}`)
const type = <T extends string>(...types: readonly T[]) => constantFrom(...types)
const call = constantFrom('77', '78').map((id) => ({ dialog: id, variables: [], state: 'ACTIVE', legs: [] }))
const leg = constantFrom('ALERTING', 'ACTIVE', 'HELD', 'WRAP_UP', 'DROPPED')
const task = nat(5).map((id) => ({
  id: `task-${id}`,
  scriptSelector: 's',
  variables: [],
  queueNumber: '',
  queueName: '',
  associatedDialog: '',
}))
const settings = {
  maxDialogLimit: constantFrom(1, 3),
  interruptAction: constantFrom('ACCEPT', 'IGNORE'),
  dialogLogoutAction: constantFrom('CLOSE', 'TRANSFER'),
}

const acting = [
  record({ type: type('OFFER'), mrd, offer: nat(50).map((each) => `offer-${each}`), task }),
  record({
    type: type('DIALOG_ACTION'),
    mrd,
    dialog,
    action: constantFrom('ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'),
    target: constant('s'),
    targetKnown: boolean(),
    requestId: constant('r'),
  }),
  record({ type: type('MEDIA_STATE'), mrd, state: constantFrom('READY', 'NOT_READY', 'LOGOUT', 'ACTIVE'), reason }),
]

const userEvent = oneof(
  ...acting,
  ...acting,
  record({ type: type('SIGN_IN'), side, extension: constantFrom(...config.extensions, '0'), mobileAgent: reason }),
  record({ type: type('READY', 'NOT_READY', 'SIGN_OUT'), supervisor: boolean(), reason }),
  record({ type: type('MEDIA_SIGN_IN'), side, mrd, ...settings }),
  record({ type: type('MEDIA_ROUTABLE'), mrd, routable: boolean() }),
  record({ type: type('CUSTOMER_CANCELS'), task: nat(5).map((each) => `task-${each}`) }),
  record({ type: type('RESUBMITTED'), mrd, dialog, task: constant('t'), attempt: constantFrom(null, 1) }),
  record({ type: type('RESUBMISSION_REFUSED'), mrd, dialog, reason: constant('no'), attempt: constantFrom(null, 1) }),
  record({ type: type('CALL_ADDED', 'CALL_CHANGED', 'CALL_REMOVED'), leg, notAnswered: boolean(), call }),
  record({ type: type('PRESENCE'), side, session: constantFrom('a', 'b'), available: boolean() }),
  record({ type: type('SERVICE_LOST', 'SERVICE_BACK', 'SESSIONS_LOST', 'LINK_LOST', 'LINK_BACK'), side }),
  record({ type: type('FORCED_SIGN_OUT'), side }),
  record({ type: type('PATH_LOST', 'PATH_BACK', 'WORK', 'WRAP_UP_TIMEOUT', 'UNHEARD_OF') }),
  record({ type: type('PERIPHERAL_LOST'), both: boolean() }),
)

const history = (event: fc.Arbitrary<{ readonly type: string }>, length: number) =>
  fc
    .array(event, { minLength: length, maxLength: length })
    .map((events) => events.map((each, index) => ({ ...each, at: index })))

/** Signed in to voice and to all media, and READY there: where most happens. */
const begun = [
  { type: 'SIGN_IN', side: 'A', extension: config.extensions[0], mobileAgent: null, at: 0 },
  ...['5001', '5002', '5003'].flatMap((id) => [
    {
      type: 'MEDIA_SIGN_IN',
      side: 'A',
      mrd: id,
      maxDialogLimit: 3,
      interruptAction: 'ACCEPT',
      dialogLogoutAction: 'TRANSFER',
      at: 0,
    },
    { type: 'MEDIA_STATE', mrd: id, state: 'READY', reason: null, at: 0 },
  ]),
]

describe('the quick twin of a machine', () => {
  it.each(['authority', 'follower'])('a user, as %s', (role) => {
    const input = { user: '1001', role, sides: ['A', 'B'], config }
    fc.assert(
      fc.property(history(userEvent, 60), (events) => expectSame(userMachine, input, [...begun, ...events])),
      { seed: 7, numRuns: 12, endOnFailure: true },
    )
  })

  it('a call', () => {
    const user = constant('1001')
    const about = { user, targetMediaAddress: constant('1'), requestId: constant('r') }
    const arrives = {
      type: 'ARRIVES',
      from: '1',
      to: '1',
      user: '1001',
      variables: [],
      wrapUp: true,
      ringMs: 5000,
      at: 0,
    }
    const event = oneof(
      record({ type: type('ANSWER', 'DROP', 'HOLD', 'RETRIEVE'), ...about }),
      record({ type: type('WRAP_UP_OVER', 'LEG_REFUSED'), user }),
      record({ type: type('CALLER_HANGS_UP', 'RING_TIMEOUT') }),
    )
    fc.assert(
      fc.property(history(event, 5), (events) => expectSame(callMachine, { dialog: '77' }, [arrives, ...events])),
      { seed: 7, numRuns: 60, endOnFailure: true },
    )
  })

  it('is made once, and only of a flat chart', () => {
    expect(quick(userMachine)).toBe(quick(userMachine))
    const nested = createMachine({ initial: 'a', states: { a: { initial: 'b', states: { b: {} } } } })
    expect(() => quick(nested)).toThrow('is not flat')
    const delayed = createMachine({ initial: 'a', states: { a: { after: { 100: 'b' } }, b: {} } })
    expect(() => quick(delayed)).toThrow('is not flat')
    const wild = createMachine({ initial: 'a', on: { '*': '.b' }, states: { a: {}, b: {} } })
    expect(() => quick(wild)).toThrow('is not flat')
  })
})
