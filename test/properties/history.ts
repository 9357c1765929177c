/** Histories of several agents. They are plain data, so that a failing one can be printed and played again. */
import fc from 'fast-check'
import { CALL_ACTIONS, type CallAction, type MobileAgentMode, type Side, type TaskAction } from '../../machines/wire.ts'

export const AGENTS = ['1001', '1002', '1003', '1006'] as const
/** The agents of histories of calls: three of queue 701, two of queue 702. */
export const CALL_AGENTS = ['1001', '1002', '1003', '1004', '1005'] as const
export const QUEUES = ['701', '702'] as const
export const MRDS = ['5001', '5002', '5003'] as const
export const SELECTORS = ['email_support', 'email_billing', 'chat_sales', 'chat_support', 'social_support'] as const

type Agent = (typeof AGENTS)[number] | (typeof CALL_AGENTS)[number]
type Mrd = (typeof MRDS)[number]

/**
 * One step. A `pick` is an index, with wrap-around, into the objects that exist at that moment, oldest first. Without
 * such objects the step does nothing. So a step can be played also when others were removed.
 */
export type Step = Action & {
  /** Side A by default. */
  readonly side?: Side
}

type Action =
  | { readonly do: 'user.signIn'; readonly user: Agent }
  | {
      readonly do: 'user.state'
      readonly user: Agent
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT'
      /** The agent by default. */
      readonly by?: 'supervisor'
    }
  | {
      readonly do: 'media.signIn'
      readonly user: Agent
      readonly mrd: Mrd
      readonly limit: number
      readonly answer: 'ACCEPT' | 'IGNORE'
      readonly atSignOut: 'CLOSE' | 'TRANSFER'
    }
  | {
      readonly do: 'media.state'
      readonly user: Agent
      readonly mrd: Mrd
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE'
    }
  | { readonly do: 'media.routable'; readonly user: Agent; readonly mrd: Mrd; readonly routable: boolean }
  | { readonly do: 'submit'; readonly selector: (typeof SELECTORS)[number]; readonly pinned: Agent | '' }
  /** The allowed action of the dialog with the index `choice`. */
  | { readonly do: 'act'; readonly pick: number; readonly choice: number; readonly target: string }
  | { readonly do: 'wildAct'; readonly pick: number; readonly action: TaskAction; readonly target: string }
  | { readonly do: 'abandon'; readonly pick: number }
  | { readonly do: 'call'; readonly user: Agent }
  /** A party outside calls a number outside. */
  | { readonly do: 'outsideCall'; readonly pick: number }
  | { readonly do: 'queueCall'; readonly queue: (typeof QUEUES)[number] }
  /** A campaign calls numbers outside, at most three in a history. The third one has several lines for each agent. */
  | {
      readonly do: 'campaign'
      readonly queue: (typeof QUEUES)[number]
      readonly mode: 'preview' | 'progressive' | 'predictive'
      readonly pick: number
    }
  /** A campaign stops or goes on. */
  | { readonly do: 'runCampaign'; readonly pick: number; readonly isRunning: boolean }
  | { readonly do: 'answer' | 'drop' | 'hangUp'; readonly pick: number }
  /** An agent's allowed action on a call. `pick` chooses the leg, `choice` the action, `to` the number that it is about. */
  | { readonly do: 'callAct'; readonly pick: number; readonly choice: number; readonly to: number }
  | { readonly do: 'makeCall'; readonly user: Agent; readonly pick: number }
  /** Agent 1003 signs in as a mobile agent, at the number outside that `pick` chooses. */
  | { readonly do: 'mobile'; readonly mode: MobileAgentMode; readonly pick: number }
  /** An agent listens to another one. */
  | { readonly do: 'monitor'; readonly user: Agent; readonly to: Agent }
  /** Who listens by the call barges in. */
  | { readonly do: 'barge'; readonly pick: number }
  /** A second call for an agent who is on one, who answers it: the first is on hold then. */
  | { readonly do: 'second'; readonly pick: number }
  /** Any action of any agent on any call. */
  | { readonly do: 'wildCallAct'; readonly user: Agent; readonly pick: number; readonly action: CallAction }
  | { readonly do: 'presence'; readonly user: Agent; readonly available: boolean }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'link' | 'path'; readonly up: boolean }
  | { readonly do: 'gateway'; readonly both: boolean; readonly up: boolean }
  /** A whole side is lost or back. */
  | { readonly do: 'lost'; readonly up: boolean }
  | { readonly do: 'resubmission'; readonly mode: 'refuse' | 'timeout' | 'late'; readonly up: boolean }
  /** Accepts and starts a dialog that is offered. */
  | { readonly do: 'begin'; readonly pick: number }
  /** Signs an agent in, READY and routable in all MRDs. Otherwise most histories would soon have no agent for tasks. */
  | { readonly do: 'wake'; readonly user: Agent; readonly limit: number }
  /** `crash`: the engine is not closed before. */
  | { readonly do: 'restart'; readonly crash: boolean }
  /** All in one tick. */
  | { readonly do: 'together'; readonly steps: readonly Step[] }

export interface History {
  /** True if there is a side B. */
  readonly twoSides?: boolean
  /** At the end everybody hangs up, and time passes. Nothing of the calls may be left then. */
  readonly ends?: true
  /** LOAD: 1 if a forced sign-out leads to LOGOUT. By default it leads to NOT_READY. */
  readonly load?: 1
  /** The agents who are READY in all MRDs at the beginning, with their settings. */
  readonly ready: readonly { readonly user: Agent; readonly limit: number; readonly answer: 'ACCEPT' | 'IGNORE' }[]
  readonly steps: readonly Step[]
}

const agent = fc.constantFrom(...AGENTS)
const mrd = fc.constantFrom(...MRDS)
const limit = fc.integer({ min: 1, max: 3 })
const answer = fc.constantFrom('ACCEPT', 'ACCEPT', 'IGNORE')
const pick = fc.nat(11)
const target = fc.constantFrom(...SELECTORS, 'nowhere')
/** Values shortly before and after every deadline of the directory in `stage.ts`. */
const seconds = fc.constantFrom(1, 1, 1, 9, 9, 11, 11, 29, 31, 61, 121, 201, 601)

const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary })
const is = <D extends Step['do']>(name: D): fc.Arbitrary<D> => fc.constant(name)

const request = [
  weighted(2, fc.record({ do: is('user.signIn'), user: agent })),
  weighted(3, fc.record({ do: is('user.state'), user: agent, state: fc.constantFrom('READY', 'NOT_READY', 'LOGOUT') })),
  weighted(
    4,
    fc.record({
      do: is('media.signIn'),
      user: agent,
      mrd,
      limit,
      answer,
      atSignOut: fc.constantFrom('CLOSE', 'TRANSFER'),
    }),
  ),
  weighted(
    8,
    fc.record({
      do: is('media.state'),
      user: agent,
      mrd,
      state: fc.constantFrom('READY', 'READY', 'READY', 'NOT_READY', 'LOGOUT', 'ACTIVE'),
    }),
  ),
  weighted(3, fc.record({ do: is('media.routable'), user: agent, mrd, routable: fc.boolean() })),
  weighted(
    14,
    fc.record({
      do: is('submit'),
      selector: fc.constantFrom(...SELECTORS),
      pinned: fc.constantFrom('', '', '', ...AGENTS),
    }),
  ),
  weighted(30, fc.record({ do: is('act'), pick, choice: fc.constantFrom(0, 0, 0, 1, 2, 3), target })),
  weighted(
    2,
    fc.record({
      do: is('wildAct'),
      pick,
      action: fc.constantFrom('ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'),
      target,
    }),
  ),
  weighted(3, fc.record({ do: is('abandon'), pick })),
  weighted(
    1,
    fc.record({
      do: is('user.state'),
      user: agent,
      state: fc.constantFrom('READY', 'LOGOUT', 'LOGOUT'),
      by: fc.constant('supervisor' as const),
    }),
  ),
  weighted(3, fc.record({ do: is('call'), user: agent })),
  weighted(6, fc.record({ do: is('answer'), pick })),
  weighted(3, fc.record({ do: is('drop'), pick })),
  weighted(2, fc.record({ do: is('hangUp'), pick })),
  weighted(2, fc.record({ do: is('presence'), user: agent, available: fc.boolean() })),
]

const fault = [
  weighted(2, fc.record({ do: is('link'), up: fc.constantFrom(true, false) })),
  weighted(1, fc.record({ do: is('path'), up: fc.boolean() })),
  weighted(1, fc.record({ do: is('gateway'), both: fc.boolean(), up: fc.boolean() })),
  weighted(
    2,
    fc.record({ do: is('resubmission'), mode: fc.constantFrom('refuse', 'timeout', 'late'), up: fc.boolean() }),
  ),
]

const rest = [
  weighted(14, fc.record({ do: is('begin'), pick })),
  weighted(5, fc.record({ do: is('wake'), user: agent, limit })),
  weighted(7, fc.record({ do: is('pass'), seconds })),
  weighted(2, fc.record({ do: is('restart'), crash: fc.boolean() })),
  weighted(
    6,
    fc.array(fc.oneof(...request), { minLength: 2, maxLength: 4 }).map((steps): Step => ({ do: 'together', steps })),
  ),
]

const callAgent = fc.constantFrom(...CALL_AGENTS)

const ofCalls = [
  weighted(6, fc.record({ do: is('call'), user: callAgent })),
  weighted(5, fc.record({ do: is('queueCall'), queue: fc.constantFrom(...QUEUES) })),
  weighted(1, fc.record({ do: is('outsideCall'), pick })),
  weighted(
    6,
    fc.record({
      do: is('campaign'),
      queue: fc.constantFrom(...QUEUES),
      mode: fc.constantFrom('preview', 'preview', 'progressive', 'predictive'),
      pick,
    }),
  ),
  weighted(3, fc.record({ do: is('runCampaign'), pick, isRunning: fc.boolean() })),
  weighted(12, fc.record({ do: is('answer'), pick })),
  weighted(40, fc.record({ do: is('callAct'), pick, choice: fc.nat(7), to: fc.nat(10) })),
  weighted(10, fc.record({ do: is('makeCall'), user: callAgent, pick: fc.nat(10) })),
  weighted(
    3,
    fc.record({ do: is('mobile'), mode: fc.constantFrom('CALL_BY_CALL', 'NAILED_CONNECTION'), pick: fc.nat(3) }),
  ),
  weighted(8, fc.record({ do: is('monitor'), user: callAgent, to: callAgent })),
  weighted(6, fc.record({ do: is('barge'), pick })),
  weighted(6, fc.record({ do: is('wildCallAct'), user: callAgent, pick, action: fc.constantFrom(...CALL_ACTIONS) })),
  weighted(3, fc.record({ do: is('drop'), pick })),
  weighted(3, fc.record({ do: is('hangUp'), pick })),
  weighted(2, fc.record({ do: is('user.signIn'), user: callAgent })),
  weighted(
    8,
    fc.record({
      do: is('user.state'),
      user: callAgent,
      state: fc.constantFrom('READY', 'READY', 'READY', 'NOT_READY', 'LOGOUT'),
    }),
  ),
  weighted(
    1,
    fc.record({ do: is('user.state'), user: callAgent, state: fc.constant('LOGOUT'), by: fc.constant('supervisor') }),
  ),
  weighted(4, fc.record({ do: is('submit'), selector: fc.constantFrom(...SELECTORS), pinned: fc.constant('') })),
  weighted(8, fc.record({ do: is('act'), pick, choice: fc.constantFrom(0, 0, 1, 2), target })),
]

/**
 * Histories of calls: five agents with media open beside the calls, and an end after which nothing of the calls may be
 * left.
 */
export const callHistories = (maxLength = 40): fc.Arbitrary<History> => {
  const step = fc.oneof(
    ...ofCalls,
    weighted(8, fc.record({ do: is('pass'), seconds: fc.constantFrom(1, 1, 4, 6, 9, 14, 16, 29, 31, 61) })),
    weighted(1, fc.record({ do: is('restart'), crash: fc.boolean() })),
    weighted(2, fc.record({ do: is('presence'), user: callAgent, available: fc.boolean() })),
    weighted(3, fc.record({ do: is('wake'), user: callAgent, limit })),
    weighted(8, fc.record({ do: is('begin'), pick })),
    weighted(8, fc.record({ do: is('second'), pick })),
    weighted(
      12,
      fc.array(fc.oneof(...ofCalls), { minLength: 2, maxLength: 4 }).map((steps): Step => ({ do: 'together', steps })),
    ),
  )
  return fc.record({
    ends: fc.constant(true as const),
    ready: fc.uniqueArray(fc.record({ user: callAgent, limit, answer }), {
      selector: ({ user }) => user,
      minLength: 3,
      maxLength: 5,
    }),
    steps: fc.array(step, { minLength: 1, maxLength, size: 'max' }),
  })
}

const step = (faults: boolean) => fc.oneof(...request, ...rest, ...(faults ? fault : []))

/** Histories on one side, with simulated failures if `faults`. */
export const histories = (faults: boolean, maxLength = 40): fc.Arbitrary<History> =>
  fc.record(
    {
      ready: fc.uniqueArray(fc.record({ user: agent, limit, answer }), { selector: ({ user }) => user, maxLength: 4 }),
      steps: fc.array(step(faults), { minLength: 1, maxLength, size: 'max' }),
      load: fc.constant(1 as const),
    },
    { requiredKeys: ['ready', 'steps'] },
  )

/** Histories on two sides, with failures of both. */
export const historiesOnTwoSides = (maxLength = 40): fc.Arbitrary<History> => {
  const side = fc.constantFrom<Side>('A', 'B')
  const lost = fc.record({ do: is('lost'), up: fc.boolean() })
  const any = fc.oneof({ weight: 30, arbitrary: step(true) }, { weight: 1, arbitrary: lost })
  const sided = fc.tuple(any, side).map(([what, at]): Step => onSide(what, at))
  return histories(true, maxLength).chain(({ ready }) =>
    fc.record({
      twoSides: fc.constant(true),
      ready: fc.constant(ready),
      steps: fc.array(sided, { minLength: 1, maxLength, size: 'max' }),
    }),
  )
}

const onSide = (step: Step, side: Side): Step =>
  step.do === 'together' ? { ...step, steps: step.steps.map((each) => onSide(each, side)) } : { ...step, side }
