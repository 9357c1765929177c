/** An embedder's ACD owns the calls: it offers them, places those that agents dial, and hears what agents do. */
import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/engine/commands.ts'
import type { AcdCallRequest, FarEndState } from '../../src/engine/ports.ts'
import { AcdEventRefused, InvalidArgument } from '../../src/index.ts'
import { type NumberAnswer, scriptedAcd } from '../../src/testing/index.ts'
import { type Bench, bench } from './harness.ts'

const CALL = { id: 'c-1', from: '5550100', to: '8000', queueNumber: '701', queueName: 'Sales' } as const
const DIALOG = '16777217'
const CONSULT = '16777218'

/** A request about a call as a line. */
function said(request: AcdCallRequest): string {
  switch (request.type) {
    case 'callAvailability':
      return `${request.user} ${request.eligible ? `may get calls at ${request.extension}` : 'gets no calls'}`
    case 'callChanged': {
      const parties = request.parties.map(({ user, call, state }) => `${user ?? call} ${state}`)
      return `${request.dialog} ${request.callType}: ${parties.join(', ') || 'over'}`
    }
    case 'dialled':
      return `${request.user} dialled ${request.number} as ${request.call}: ${request.cause}`
    case 'callOver':
      return `over ${[request.call, ...request.connectedTo].join(', with ')}`
    case 'callNotAnswered':
      return `callNotAnswered ${request.call} by ${request.user}: ${request.cause}`
    default:
      return `${request.type} ${request.call} by ${request.user}`
  }
}

const isAvailability = (line: string) => /^100\d (gets|may)/.test(line)

/** Agents who are READY, and an ACD that answers as `numbers` says. */
async function stage(numbers: NumberAnswer = 'silence', users: readonly string[] = ['1001']) {
  const acd = scriptedAcd({ numbers })
  const on = await bench({ acd })
  for (const user of users) {
    await on.command({ type: 'user.signIn', user, extension: user })
    await on.command({ type: 'user.setState', user, state: 'READY' })
  }
  let read = 0
  const told = async (): Promise<readonly string[]> => {
    // An answer of the ACD may lead to further requests.
    for (let heard = -1; heard !== acd.callRequests.length; ) {
      heard = acd.callRequests.length
      await on.engine.acdAnswered()
    }
    const news = acd.callRequests.slice(read)
    read = acd.callRequests.length
    // The requests about each dialog are in order. Those about agents are in lanes of their own.
    const lines = news.map(said)
    return [...lines.filter((each) => !isAvailability(each)), ...lines.filter(isAvailability)]
  }
  await told()
  on.news()
  return { acd, on, told, ...actions(on) }
}

function actions(on: Bench) {
  type Act = Extract<Command, { type: 'call.act' }>['action']
  const act = (user: string, action: Act, dialog = DIALOG) =>
    on.command({ type: 'call.act', user, dialog, action, targetMediaAddress: user })
  return {
    act,
    make: (user: string, toAddress: string) => on.command({ type: 'call.make', user, fromAddress: user, toAddress }),
    consult: (user: string, toAddress: string, dialog = DIALOG) =>
      on.command({ type: 'call.consult', user, dialog, targetMediaAddress: user, toAddress }),
    transferTo: (user: string, toAddress: string, dialog = DIALOG) =>
      on.command({ type: 'call.transferTo', user, dialog, targetMediaAddress: user, toAddress }),
    join: (user: string, action: 'TRANSFER' | 'CONFERENCE', dialog = DIALOG) =>
      on.command({ type: 'call.join', user, dialog, action, targetMediaAddress: user }),
    state: (user: string) => on.engine.get.user(user)?.state,
  }
}

describe('a call that the ACD offers', () => {
  it('rings at a READY agent as a routed call, is answered, held, retrieved, and ended by the agent', async () => {
    const { acd, on, told, act, state } = await stage()
    await acd.offerCall('1001', { ...CALL, variables: [{ name: 'callVariable1', value: 'gold' }] })
    expect(on.news()).toEqual(['user 1001 RESERVED', `POST call ${DIALOG} ALERTING ALERTING/INITIATED`])
    expect(on.engine.get.dialog(DIALOG)).toMatchObject({
      fromAddress: '5550100',
      toAddress: '8000',
      dnis: '1001',
      dialedNumber: '8000',
      callType: 'PREROUTE_ACD_IN',
      queue: { number: '701', name: 'Sales', outcome: 'RINGING' },
      variables: [{ name: 'callVariable1', value: 'gold' }],
    })
    expect(await told()).toEqual(['1001 gets no calls'])
    await act('1001', 'ANSWER')
    expect(on.engine.get.dialog(DIALOG)).toMatchObject({ queue: { outcome: 'ANSWERED' } })
    await act('1001', 'HOLD')
    await act('1001', 'RETRIEVE')
    expect(state('1001')).toBe('TALKING')
    await act('1001', 'DROP')
    expect(state('1001')).toBe('READY')
    expect(await told()).toEqual([
      'callAnswered c-1 by 1001',
      `${DIALOG} PREROUTE_ACD_IN: 1001 ACTIVE, c-1 ACTIVE`,
      `${DIALOG} PREROUTE_ACD_IN: 1001 HELD, c-1 ACTIVE`,
      `${DIALOG} PREROUTE_ACD_IN: 1001 ACTIVE, c-1 ACTIVE`,
      `${DIALOG} PREROUTE_ACD_IN: over`,
      'over c-1',
      '1001 may get calls at 1001',
    ])
  })

  it('V4: the caller hangs up, and the ACD hears that the call is over', async () => {
    const { acd, told, act, state } = await stage()
    await acd.offerCall('1001', CALL)
    await act('1001', 'ANSWER')
    await told()
    await acd.farEnd('c-1', 'HUNG_UP')
    expect(state('1001')).toBe('READY')
    expect(await told()).toEqual([`${DIALOG} PREROUTE_ACD_IN: over`, 'over c-1', '1001 may get calls at 1001'])
  })

  it('V11: the caller gives up while it rings', async () => {
    const { acd, on, told } = await stage()
    await acd.offerCall('1001', CALL)
    on.news()
    await acd.farEnd('c-1', 'HUNG_UP')
    expect(on.news()).toEqual([`DELETE call ${DIALOG} ALERTING DROPPED/DROPPED`, 'user 1001 READY'])
    expect(await told()).toEqual(['over c-1', '1001 gets no calls', '1001 may get calls at 1001'])
  })

  it('V10: an agent who does not answer becomes NOT_READY, and the ACD offers the call to the next one', async () => {
    const { acd, on, told, act, state } = await stage('silence', ['1001', '1002'])
    await acd.offerCall('1001', CALL)
    await on.clock.advance(60_000)
    expect(state('1001')).toBe('NOT_READY')
    expect(await told()).toEqual(['callNotAnswered c-1 by 1001: RING_TIMEOUT', '1001 gets no calls'])
    await acd.offerCall('1002', CALL)
    await act('1002', 'ANSWER', CONSULT)
    expect(await told()).toEqual([
      'callAnswered c-1 by 1002',
      `${CONSULT} PREROUTE_ACD_IN: 1002 ACTIVE, c-1 ACTIVE`,
      '1002 gets no calls',
    ])
  })

  it("ruling 47: a call that rings at an agent who is signed out by a supervisor is the ACD's again", async () => {
    const { acd, on, told } = await stage()
    await acd.offerCall('1001', CALL)
    await told()
    await on.command({ type: 'user.setState', user: '1001', state: 'LOGOUT', by: 'supervisor' })
    expect(await told()).toEqual(['callNotAnswered c-1 by 1001: SIGN_OUT'])
  })

  it('a routed call is refused by an agent who is not READY, and nobody hears of it', async () => {
    const { acd, on, told } = await stage()
    await on.command({ type: 'user.setState', user: '1001', state: 'NOT_READY' })
    await told()
    on.news()
    await acd.offerCall('1001', CALL)
    expect(on.news()).toEqual([])
    expect(await told()).toEqual(['callRefused c-1 by 1001'])
    // The same offer may be made again later.
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await told()
    await on.engine.acdEvents.offerCall('1001', 'offer-1', { variables: [], ...CALL })
    expect(on.engine.get.dialogs('1001', 'voice')).toHaveLength(1)
  })

  it('ruling 32: a call without a queue rings at a NOT_READY agent; at nobody who is signed out', async () => {
    const { acd, on, told } = await stage()
    await on.command({ type: 'user.setState', user: '1001', state: 'NOT_READY' })
    await told()
    on.news()
    const direct = { id: 'c-2', from: '', to: '1001' }
    await acd.offerCall('1001', direct)
    expect(on.news()).toEqual([`POST call ${DIALOG} ALERTING ALERTING/INITIATED`])
    expect(on.engine.get.dialog(DIALOG)).toMatchObject({ callType: 'OTHER_IN', fromAddress: '' })
    await acd.offerCall('1002', { ...direct, id: 'c-3' })
    expect(await told()).toEqual(['callRefused c-3 by 1002'])
  })

  it('the same offer and the same hang-up have no second effect', async () => {
    const { acd, on, told, act } = await stage()
    const offer = () => on.engine.acdEvents.offerCall('1001', 'o-1', { variables: [], ...CALL })
    await offer()
    on.news()
    await offer()
    await act('1001', 'ANSWER')
    await told()
    on.news()
    await offer()
    expect(on.news()).toEqual([])
    await acd.farEnd('c-1', 'HUNG_UP')
    await told()
    on.news()
    await acd.farEnd('c-1', 'HUNG_UP')
    await offer()
    expect(on.news()).toEqual([])
    expect(await told()).toEqual([])
  })

  it('interrupts media while the agent talks (ruling 8)', async () => {
    const { acd, on, act } = await stage()
    await on.ready('1001', '5001')
    await acd.offer('1001', { id: 't-1', mrd: '5001', scriptSelector: 'email_support' })
    const email = acd.heard('availability').length > 0 ? on.engine.get.dialogs('1001', 'nonvoice')?.[0]?.id : undefined
    await on.act(email ?? '', 'ACCEPT')
    await on.act(email ?? '', 'START')
    await acd.offerCall('1001', CALL)
    expect(on.engine.get.dialog(email ?? '')?.state).toBe('ACTIVE')
    await act('1001', 'ANSWER')
    expect(on.engine.get.dialog(email ?? '')?.state).toBe('INTERRUPTED')
    await act('1001', 'DROP')
    expect(on.engine.get.dialog(email ?? '')?.state).toBe('ACTIVE')
  })
})

describe('a number outside that an agent dials', () => {
  it('rings, answers and hangs up as the ACD says', async () => {
    const { acd, on, told, make, state } = await stage()
    await make('1001', '5550177')
    expect(await told()).toEqual([
      `${DIALOG} OUT: 1001 INITIATED`,
      `1001 dialled 5550177 as ${DIALOG}/1: CALL`,
      '1001 gets no calls',
    ])
    expect(acd.heardOfCalls('dialled')).toEqual([
      {
        type: 'dialled',
        user: '1001',
        call: `${DIALOG}/1`,
        dialog: DIALOG,
        number: '5550177',
        cause: 'CALL',
        variables: [],
      },
    ])
    on.news()
    await acd.farEnd(`${DIALOG}/1`, 'RINGING')
    await acd.farEnd(`${DIALOG}/1`, 'RINGING')
    expect(on.news()).toEqual([`PUT call ${DIALOG} ALERTING INITIATED/ALERTING`])
    // The ACD has answered, so its ten seconds are over, and it may ring for longer.
    await on.clock.advance(30_000)
    await acd.farEnd(`${DIALOG}/1`, 'ANSWERED')
    await acd.farEnd(`${DIALOG}/1`, 'ANSWERED')
    expect(on.news()).toEqual([`PUT call ${DIALOG} ACTIVE ACTIVE/ACTIVE`])
    await acd.farEnd(`${DIALOG}/1`, 'HUNG_UP')
    expect(state('1001')).toBe('READY')
    expect((await told()).at(-2)).toBe(`over ${DIALOG}/1`)
  })

  it('ANSWERED without RINGING: both notifications come', async () => {
    const { on, make } = await stage('ANSWERED')
    await make('1001', '5550177')
    await on.engine.acdAnswered()
    expect(on.news().slice(-2)).toEqual([
      `PUT call ${DIALOG} ALERTING INITIATED/ALERTING`,
      `PUT call ${DIALOG} ACTIVE ACTIVE/ACTIVE`,
    ])
  })

  const failures: readonly (readonly [FarEndState, string])[] = [
    ['BUSY', 'BUSY'],
    ['BAD_NUMBER', 'BAD_DESTINATION'],
    ['NO_ANSWER', 'OTHER'],
    ['FAILED', 'OTHER'],
    ['HUNG_UP', 'OTHER'],
  ]
  it.each(failures)('V25, V26: %s is a FAILED call with stateCause %s', async (answer, stateCause) => {
    const { on, told, make, act, state } = await stage(answer)
    await make('1001', '5550177')
    expect((await told()).at(-2)).toBe(`over ${DIALOG}/1`)
    expect(on.engine.get.dialog(DIALOG)).toMatchObject({
      state: 'FAILED',
      participants: [{ state: 'FAILED', stateCause }],
    })
    await act('1001', 'DROP')
    expect(state('1001')).toBe('READY')
  })

  it.each(['BUSY', 'NO_ANSWER'] as const)('%s after RINGING fails as a call that nobody answers', async (answer) => {
    const { acd, on, make } = await stage('RINGING')
    await make('1001', '5550177')
    await on.engine.acdAnswered()
    await acd.farEnd(`${DIALOG}/1`, answer)
    expect(on.engine.get.dialog(DIALOG)).toMatchObject({
      state: 'FAILED',
      participants: [{ stateCause: 'OTHER' }, { state: 'DROPPED' }],
    })
  })

  it('an ACD that says nothing for ten seconds: the attempt fails, and the ACD hears that it is over', async () => {
    const { on, told, make } = await stage()
    await make('1001', '5550177')
    await told()
    await on.clock.advance(9_999)
    expect(on.engine.get.dialog(DIALOG)?.state).toBe('INITIATED')
    await on.clock.advance(1)
    expect(on.engine.get.dialog(DIALOG)).toMatchObject({ state: 'FAILED', participants: [{ stateCause: 'OTHER' }] })
    expect(await told()).toEqual([`${DIALOG} OUT: 1001 FAILED`, `over ${DIALOG}/1`])
  })

  it('V28: the agent hangs up before the ACD has said anything', async () => {
    const { acd, on, told, make, act } = await stage()
    await make('1001', '5550177')
    await told()
    await act('1001', 'DROP')
    expect((await told()).slice(0, 2)).toEqual([`${DIALOG} OUT: over`, `over ${DIALOG}/1`])
    await acd.farEnd(`${DIALOG}/1`, 'RINGING')
    await on.clock.advance(60_000)
    expect(on.engine.get.dialogs('1001', 'voice')).toEqual([])
  })

  it("the number of a queue is the ACD's", async () => {
    const { told, make } = await stage()
    await make('1001', '8000')
    expect(await told()).toContain(`1001 dialled 8000 as ${DIALOG}/1: CALL`)
  })

  it('a call to another agent needs no ACD, which hears who is there', async () => {
    const { told, make, act } = await stage('silence', ['1001', '1002'])
    await make('1001', '1002')
    await act('1002', 'ANSWER')
    await act('1002', 'DROP')
    expect((await told()).filter((each) => each.startsWith(DIALOG))).toEqual([
      `${DIALOG} AGENT_INSIDE: 1001 INITIATED, 1002 ALERTING`,
      `${DIALOG} AGENT_INSIDE: 1001 ACTIVE, 1002 ACTIVE`,
      `${DIALOG} AGENT_INSIDE: over`,
    ])
  })
})

describe('an agent who talks with a caller of the ACD', () => {
  const talking = async (numbers: NumberAnswer = 'silence') => {
    const on = await stage(numbers, ['1001', '1002'])
    await on.acd.offerCall('1001', CALL)
    await on.act('1001', 'ANSWER')
    await on.told()
    on.on.news()
    return on
  }
  const ofDialogs = (lines: readonly string[]) => lines.filter((each) => !isAvailability(each))

  it('consults a colleague and transfers: the ACD hears that the caller is with the colleague', async () => {
    const { acd, told, act, consult, join, state } = await talking()
    await consult('1001', '1002')
    await act('1002', 'ANSWER', CONSULT)
    await told()
    await join('1001', 'TRANSFER')
    expect(ofDialogs(await told())).toEqual([
      `${DIALOG} TRANSFER: c-1 ACTIVE, 1002 ACTIVE`,
      `${CONSULT} TRANSFER: over`,
    ])
    // The caller is still known by the same id.
    await acd.farEnd('c-1', 'HUNG_UP')
    expect([state('1001'), state('1002')]).toEqual(['READY', 'READY'])
    expect(ofDialogs(await told()).at(-1)).toBe('over c-1')
  })

  it('consults a number outside and transfers to it: both parties stay connected without an agent', async () => {
    const { told, consult, join, state } = await talking('ANSWERED')
    await consult('1001', '5550177')
    expect(ofDialogs(await told())).toEqual([
      `${DIALOG} PREROUTE_ACD_IN: 1001 HELD, c-1 ACTIVE`,
      `${CONSULT} CONSULT: 1001 INITIATED`,
      `1001 dialled 5550177 as ${CONSULT}/1: CONSULT`,
      `${CONSULT} CONSULT: 1001 ACTIVE, ${CONSULT}/1 ACTIVE`,
    ])
    await join('1001', 'TRANSFER')
    expect(state('1001')).toBe('READY')
    expect(ofDialogs(await told())).toEqual([
      `${DIALOG} TRANSFER: over`,
      `${CONSULT} TRANSFER: over`,
      `over c-1, with ${CONSULT}/1`,
      `over ${CONSULT}/1, with c-1`,
    ])
  })

  it('confers with a number outside: it moves to the surviving call, and keeps its id', async () => {
    const { acd, on, told, consult, join } = await talking('ANSWERED')
    await consult('1001', '5550177')
    await told()
    await join('1001', 'CONFERENCE')
    expect(ofDialogs(await told())).toEqual([
      `${DIALOG} CONFERENCE: 1001 ACTIVE, c-1 ACTIVE, ${CONSULT}/1 ACTIVE`,
      `${CONSULT} CONFERENCE: over`,
    ])
    await acd.farEnd(`${CONSULT}/1`, 'HUNG_UP')
    expect(ofDialogs(await told())).toEqual([`${DIALOG} CONFERENCE: 1001 ACTIVE, c-1 ACTIVE`, `over ${CONSULT}/1`])
    expect(on.engine.get.dialog(DIALOG)).toMatchObject({
      participants: [{ user: '1001' }, { mediaAddress: '5550100' }],
    })
  })

  it('V71: transfers to a number outside in a single step, and leaves when it rings there', async () => {
    const { acd, on, told, transferTo, state } = await talking()
    await transferTo('1001', '5550177')
    expect(ofDialogs(await told())).toEqual([
      `${DIALOG} PREROUTE_ACD_IN: 1001 HELD, c-1 ACTIVE`,
      `1001 dialled 5550177 as ${DIALOG}/1: TRANSFER`,
    ])
    expect(state('1001')).toBe('HOLD')
    // A second transfer meanwhile is refused, and the first one goes on.
    expect(await transferTo('1001', '1002')).toMatchObject({ outcome: 'REFUSED' })
    on.news()
    await acd.farEnd(`${DIALOG}/1`, 'RINGING')
    expect(state('1001')).toBe('READY')
    expect(ofDialogs(await told()).slice(1)).toEqual([`over c-1, with ${DIALOG}/1`, `over ${DIALOG}/1, with c-1`])
  })

  it.each(['BUSY', 'silence'] as const)(
    'V73: a single-step transfer that fails (%s): the agent talks again',
    async (answer) => {
      const { on, told, transferTo, state } = await talking(answer)
      await transferTo('1001', '5550177')
      await told()
      await on.clock.advance(10_000)
      expect(state('1001')).toBe('TALKING')
      expect(on.news()).toContain('error CALL_OPERATION_FAILED on User/1001/Dialogs')
    },
  )
})

describe('events of the ACD', () => {
  it('that do not fit are flagged and have no effect', async () => {
    const { acd, on, act, make } = await stage('silence', ['1001', '1002'])
    const flags: object[] = []
    on.engine.on('flagged', (flag) => flags.push(flag))
    await acd.offerCall('1001', CALL)
    await act('1001', 'ANSWER')
    await make('1002', '5550177')
    await acd.farEnd(`${CONSULT}/1`, 'ANSWERED')
    on.news()
    for (const state of ['RINGING', 'BUSY', 'BAD_NUMBER', 'NO_ANSWER', 'FAILED'] as const) {
      await acd.farEnd('c-1', state)
      await acd.farEnd(`${CONSULT}/1`, state)
    }
    expect(on.news()).toEqual([])
    expect(flags).toHaveLength(10)
    expect(flags[0]).toEqual({ aggregate: `call/${DIALOG}`, what: 'party outside', from: 'ACTIVE', to: 'RINGING' })
  })

  it('that are invalid are refused with a code, and nothing changes', async () => {
    const { on } = await stage()
    const { acdEvents } = on.engine
    const call = { variables: [], ...CALL }
    const code = (done: Promise<void>) =>
      done.then(
        () => 'done',
        (error: unknown) => (error instanceof AcdEventRefused ? `${error.code} ${error.about}` : String(error)),
      )
    const long = 'x'.repeat(257)
    expect(await code(acdEvents.offerCall('9999', 'o', call))).toBe('UNKNOWN_USER user')
    expect(await code(acdEvents.offerCall('1001', '', call))).toBe('INVALID_ID offer')
    expect(await code(acdEvents.offerCall('1001', 'o', { ...call, id: '' }))).toBe('INVALID_ID call.id')
    expect(await code(acdEvents.offerCall('1001', 'o', { ...call, to: '\u0000' }))).toBe('INVALID_ID call.to')
    expect(await code(acdEvents.offerCall('1001', 'o', { ...call, from: long }))).toBe('TOO_LONG call.from')
    expect(await code(acdEvents.offerCall('1001', 'o', { ...call, queueName: long }))).toBe('TOO_LONG call.queueName')
    expect(await code(acdEvents.offerCall('1001', 'o', { ...call, callType: '' }))).toBe('INVALID_ID call.callType')
    const twice = [CALL, CALL].map(() => ({ name: 'callVariable1', value: '' }))
    expect(await code(acdEvents.offerCall('1001', 'o', { ...call, variables: twice }))).toBe(
      'DUPLICATE_VARIABLE call.variables.callVariable1',
    )
    expect(await code(acdEvents.farEnd('nobody', 'HUNG_UP'))).toBe('UNKNOWN_CALL call')
    expect(await code(acdEvents.farEnd('', 'HUNG_UP'))).toBe('INVALID_ID call')
    expect(await code(acdEvents.farEnd('c-1', untyped('constructor')))).toBe('INVALID_CALL_STATE state')
    expect(await code(acdEvents.offerCall('1001', 'o-1', call))).toBe('done')
    expect(await code(acdEvents.offerCall('1001', 'o-2', call))).toBe('DUPLICATE_CALL call.id')
    expect(on.engine.get.dialogs('1001', 'voice')).toHaveLength(1)
  })

  it('about calls need an ACD that has some', async () => {
    const on = await bench({ acd: scriptedAcd() })
    const offered = on.engine.acdEvents.offerCall('1001', 'o', { variables: [], ...CALL })
    await expect(offered).rejects.toBeInstanceOf(InvalidArgument)
    expect(on.engine.get.callAvailability('1001')).toEqual({ version: 0, eligible: false, since: 0, extension: '' })
  })

  it('during a drain: no call is offered', async () => {
    const { acd, on } = await stage()
    await on.engine.drain()
    await expect(acd.offerCall('1001', CALL)).rejects.toMatchObject({ reason: 'DRAINING' })
  })

  /** A value as a program without types may pass it. */
  function untyped<T>(given: unknown): T {
    if (isTakenForIt<T>(given)) return given
    throw new Error('never')
  }
  const isTakenForIt = <T>(_given: unknown): _given is T => true
})

describe('after a restart', () => {
  it('what the ACD has not acknowledged is repeated, and calls go on', async () => {
    const heard: string[] = []
    let isDeaf = true
    const acd = {
      ...scriptedAcd({ numbers: 'silence' }),
      callRequest: async (request: AcdCallRequest) => {
        if (isDeaf) throw new Error('not now')
        heard.push(said(request))
      },
    }
    const on = await bench({ acd, log: { warn: () => undefined, error: () => undefined } })
    await on.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await on.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await acd.offerCall('1001', CALL)
    const { act } = actions(on)
    await act('1001', 'ANSWER')
    const again = await on.restart()
    isDeaf = false
    await again.clock.advance(1000)
    await again.engine.acdAnswered()
    expect(heard).toEqual(
      expect.arrayContaining(['callAnswered c-1 by 1001', `${DIALOG} PREROUTE_ACD_IN: 1001 ACTIVE, c-1 ACTIVE`]),
    )
    expect(again.engine.get.callAvailability('1001')).toMatchObject({ eligible: false })
    // The same offer has no effect, and the caller is known.
    await again.engine.acdEvents.offerCall('1001', 'offer-1', { variables: [], ...CALL })
    expect(again.engine.get.dialogs('1001', 'voice')).toHaveLength(1)
    await again.engine.acdEvents.farEnd('c-1', 'HUNG_UP')
    expect(again.engine.get.dialogs('1001', 'voice')).toEqual([])
    await again.engine.acdAnswered()
    expect(heard).toContain('over c-1')
    await on.engine.close()
    await again.engine.close()
  })

  it('a number outside that was dialled before may still answer, and its time-out runs on', async () => {
    for (const answers of [true, false]) {
      const { on, make } = await stage()
      await make('1001', '5550177')
      await on.clock.advance(4000)
      const again = await on.restart()
      if (answers) await again.engine.acdEvents.farEnd(`${DIALOG}/1`, 'ANSWERED')
      await again.clock.advance(6000)
      expect(again.engine.get.dialog(DIALOG)?.state).toBe(answers ? 'ACTIVE' : 'FAILED')
    }
  })
})

describe('an ACD that misbehaves', () => {
  const mistakes: readonly (readonly [string, () => Promise<void>])[] = [
    [
      'throws',
      () => {
        throw new Error('ACD at fault')
      },
    ],
    ['rejects', () => Promise.reject(new Error('ACD at fault'))],
    ['never answers', () => new Promise(() => undefined)],
  ]
  it.each(mistakes)('%s: agents, media and calls go on', async (_, callRequest) => {
    const acd = { ...scriptedAcd({ numbers: 'silence' }), callRequest }
    const on = await bench({ acd, log: { warn: () => undefined, error: () => undefined } })
    const { act, make, state } = actions(on)
    for (const user of ['1001', '1002']) {
      await on.command({ type: 'user.signIn', user, extension: user })
      await on.command({ type: 'user.setState', user, state: 'READY' })
    }
    await acd.offerCall('1001', CALL)
    await act('1001', 'ANSWER')
    await make('1002', '5550177')
    await on.clock.advance(11_000)
    expect(on.engine.get.dialog(CONSULT)?.state).toBe('FAILED')
    expect(on.engine.acdProblem).toMatch(/refuses requests|does not answer/)
    await act('1001', 'DROP')
    await on.clock.advance(60_000)
    expect([state('1001'), state('1002')]).toEqual(['READY', 'READY'])
    // Tasks do not wait for requests about calls.
    await on.ready('1001', '5002')
    await acd.offer('1001', { id: 't-1', mrd: '5002', scriptSelector: 'chat_sales' })
    expect(on.engine.get.dialogs('1001', 'nonvoice')).toHaveLength(1)
    await on.engine.close()
  })
})
