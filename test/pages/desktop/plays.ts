/** What agents do with calls, and what both desktops show after each step. */
import type { AgentId, DesktopStage, Shown } from './stage.ts'

/** The actions of the agent's own leg, by its state. */
const RINGING = 'ANSWER'
const CALLING = 'UPDATE_CALL_DATA DROP'
const TALKING = 'TRANSFER_SST CONSULT_CALL HOLD UPDATE_CALL_DATA SEND_DTMF DROP'
const HELD = 'UPDATE_CALL_DATA DROP RETRIEVE'
const WRAP_UP = 'UPDATE_CALL_DATA'
/** Talking in a conference, for its controller, who may drop other agents. */
const CONTROLLING = `${TALKING} PARTICIPANT_DROP`
/** Held, while the agent has another call to join it with. */
const HELD_BESIDE = `${HELD} TRANSFER CONFERENCE`

const CUSTOMER = '5550100'

/** The line of a call: state, type, caller and number called; parties; data if there are any; own actions. */
const line = (call: string, head: string, parties: readonly string[], ...more: readonly string[]): string =>
  [call, head, parties.join(', '), ...more].join(' | ')

/** The other agent has no call. */
const FREE: Shown = ['READY']

/** Nothing is left, and nothing has failed. */
export const isQuiet = (stage: DesktopStage): Promise<void> => stage.shows({ '1001': FREE, '1002': FREE })

/** The last agent who wraps up is READY again. */
async function wrapsUp(stage: DesktopStage, agent: AgentId): Promise<void> {
  await stage.press(agent, 'Ready')
  await isQuiet(stage)
}

/** A customer calls the support line. Agent 1001 answers, holds, retrieves, annotates and wraps up. */
export async function queueCall(stage: DesktopStage): Promise<void> {
  const call = await stage.acd('calls', { from: CUSTOMER, queue: '701', variables: { callVariable1: 'gold' } })
  const shows = (user: string, state: string, [own, customer]: readonly [string, string], ...more: string[]) => {
    const head = `${state} PREROUTE_ACD_IN ${CUSTOMER} → 8000`
    const parties = [`1001 ${own}`, `${CUSTOMER} ${customer}`]
    return stage.shows({ '1001': [user, line(call, head, parties, ...more)], '1002': FREE })
  }
  await shows('RESERVED', 'ALERTING', ['ALERTING', 'INITIATED'], 'gold', RINGING)
  await stage.press('1001', 'ANSWER', call)
  await shows('TALKING', 'ACTIVE', ['ACTIVE', 'ACTIVE'], 'gold', TALKING)
  await stage.press('1001', 'HOLD', call)
  await shows('HOLD', 'ACTIVE', ['HELD', 'ACTIVE'], 'gold', HELD)
  await stage.press('1001', 'RETRIEVE', call)
  await shows('TALKING', 'ACTIVE', ['ACTIVE', 'ACTIVE'], 'gold', TALKING)
  await stage.types('1001', 'Tones', '42#')
  await stage.press('1001', 'SEND_DTMF', call)
  const note = '<silver> & "more"'
  await stage.types('1001', 'Note', note)
  await stage.press('1001', 'UPDATE_CALL_DATA', call)
  await shows('TALKING', 'ACTIVE', ['ACTIVE', 'ACTIVE'], note, TALKING)
  await stage.acd(`calls/${call}`, { action: 'HANGUP' })
  await shows('WORK_READY', 'ACTIVE', ['WRAP_UP', 'DROPPED'], note, WRAP_UP)
  await stage.chooses('1001', 'Complaint')
  await stage.press('1001', 'UPDATE_CALL_DATA', call)
  await shows('WORK_READY', 'ACTIVE', ['WRAP_UP', 'DROPPED'], `${note}, Complaint`, WRAP_UP)
  await wrapsUp(stage, '1001')
}

/** Agent 1001 calls agent 1002. Both hold, 1001 drops, and 1002 wraps up. */
export async function agentCall(stage: DesktopStage): Promise<void> {
  await stage.types('1001', 'Number', '1002')
  await stage.press('1001', 'Call')
  const call = await stage.added('1002')
  const shows = (
    users: readonly [string, string],
    state: string,
    legs: readonly [string, string],
    own: readonly [string, string],
  ) => {
    const head = `${state} AGENT_INSIDE 1001 → 1002`
    const parties = [`1001 ${legs[0]}`, `1002 ${legs[1]}`]
    return stage.shows({
      '1001': [users[0], line(call, head, parties, own[0])],
      '1002': [users[1], line(call, head, parties, own[1])],
    })
  }
  await shows(['TALKING', 'RESERVED'], 'ALERTING', ['INITIATED', 'ALERTING'], [CALLING, RINGING])
  await stage.press('1002', 'ANSWER', call)
  await shows(['TALKING', 'TALKING'], 'ACTIVE', ['ACTIVE', 'ACTIVE'], [TALKING, TALKING])
  await stage.press('1002', 'HOLD', call)
  await shows(['TALKING', 'HOLD'], 'ACTIVE', ['ACTIVE', 'HELD'], [TALKING, HELD])
  await stage.press('1001', 'HOLD', call)
  await shows(['HOLD', 'HOLD'], 'ACTIVE', ['HELD', 'HELD'], [HELD, HELD])
  await stage.press('1002', 'RETRIEVE', call)
  await shows(['HOLD', 'TALKING'], 'ACTIVE', ['HELD', 'ACTIVE'], [HELD, TALKING])
  await stage.press('1001', 'DROP', call)
  const head = 'ACTIVE AGENT_INSIDE 1001 → 1002'
  await stage.shows({
    '1001': FREE,
    '1002': ['WORK_READY', line(call, head, ['1001 DROPPED', '1002 WRAP_UP'], WRAP_UP)],
  })
  await wrapsUp(stage, '1002')
}

/** Agent 1002 calls numbers outside: one answers and hangs up, one is busy. */
export async function outsideCalls(stage: DesktopStage): Promise<void> {
  const [friendly, busy] = ['5550170', '5550171']
  const numbers = {
    [friendly]: { outcome: 'answer', ringSeconds: 3, talkSeconds: 20 },
    [busy]: { outcome: 'busy' },
  }
  await stage.acd('network', { numbers })
  const shows = (user: string, call: string, head: string, parties: readonly string[], own: string) =>
    stage.shows({ '1001': FREE, '1002': [user, line(call, head, parties, own)] })
  await stage.types('1002', 'Number', friendly)
  await stage.press('1002', 'Call')
  const call = await stage.added('1002')
  const to = (number: string) => `OUT 1002 → ${number}`
  await shows('TALKING', call, `ALERTING ${to(friendly)}`, ['1002 INITIATED', `${friendly} ALERTING`], CALLING)
  await stage.clock.advance(3000)
  await shows('TALKING', call, `ACTIVE ${to(friendly)}`, ['1002 ACTIVE', `${friendly} ACTIVE`], TALKING)
  await stage.clock.advance(20_000)
  await isQuiet(stage)
  await stage.types('1002', 'Number', busy)
  await stage.press('1002', 'Call')
  const failed = await stage.added('1002')
  await shows('TALKING', failed, `FAILED ${to(busy)}`, ['1002 FAILED BUSY'], 'DROP')
  await stage.press('1002', 'DROP', failed)
  await isQuiet(stage)
}

/** The data of the call that is joined with another one. */
const DATA = 'gold, Complaint'

/** Agent 1001 talks with a customer, consults 1002 and joins the calls. Both desktops show the joined call. */
async function joinedCall(stage: DesktopStage, how: 'TRANSFER' | 'CONFERENCE'): Promise<string> {
  const call = await stage.acd('calls', { from: CUSTOMER, to: '1001', variables: { callVariable1: 'gold' } })
  const head = `ACTIVE OTHER_IN ${CUSTOMER} → 1001`
  await stage.press('1001', 'ANSWER', call)
  await stage.types('1001', 'Note', 'gold')
  await stage.chooses('1001', 'Complaint')
  await stage.press('1001', 'UPDATE_CALL_DATA', call)
  const talking = line(call, head, ['1001 ACTIVE', `${CUSTOMER} ACTIVE`], DATA, TALKING)
  await stage.shows({ '1001': ['TALKING', talking], '1002': FREE })

  await stage.types('1001', 'Number', '1002')
  await stage.press('1001', 'CONSULT_CALL', call)
  const consult = await stage.added('1002')
  const held = line(call, head, ['1001 HELD', `${CUSTOMER} ACTIVE`], DATA, HELD_BESIDE)
  const consultIs = (state: string, parties: readonly string[], own: string) =>
    line(consult, `${state} CONSULT 1001 → 1002`, parties, 'gold', own)
  const dialling = ['1001 INITIATED', '1002 ALERTING']
  await stage.shows({
    '1001': ['TALKING', held, consultIs('ALERTING', dialling, CALLING)],
    '1002': ['RESERVED', consultIs('ALERTING', dialling, RINGING)],
  })
  await stage.press('1002', 'ANSWER', consult)
  const answered = consultIs('ACTIVE', ['1001 ACTIVE', '1002 ACTIVE'], TALKING)
  await stage.shows({ '1001': ['TALKING', held, answered], '1002': ['TALKING', answered] })
  await stage.press('1001', how, call)
  return call
}

/** What both desktops show of a call that was joined, which agent 1002 goes on with. */
const shownJoined =
  (stage: DesktopStage, call: string, how: 'TRANSFER' | 'CONFERENCE') =>
  (users: readonly [string, string], parties: readonly string[], own: readonly [string, string]): Promise<void> => {
    const seen = (actions: string) => line(call, `ACTIVE ${how} ${CUSTOMER} → 1001`, parties, DATA, actions)
    const shownAt = (index: 0 | 1): Shown => (own[index] === '' ? FREE : [users[index], seen(own[index])])
    return stage.shows({ '1001': shownAt(0), '1002': shownAt(1) })
  }

/** Agent 1001 has left the call and wraps up. The customer hangs up, and 1002 wraps up too. */
async function endsWithOther(stage: DesktopStage, call: string, how: 'TRANSFER' | 'CONFERENCE'): Promise<void> {
  const shows = shownJoined(stage, call, how)
  const left = ['1001 WRAP_UP', `${CUSTOMER} ACTIVE`, '1002 ACTIVE']
  await shows(['WORK_READY', 'TALKING'], left, [WRAP_UP, TALKING])
  await stage.press('1001', 'Ready')
  await shows(['READY', 'TALKING'], [`${CUSTOMER} ACTIVE`, '1002 ACTIVE'], ['', TALKING])
  await stage.acd(`calls/${call}`, { action: 'HANGUP' })
  await shows(['READY', 'WORK_READY'], [`${CUSTOMER} DROPPED`, '1002 WRAP_UP'], ['', WRAP_UP])
  await wrapsUp(stage, '1002')
}

/** Agent 1001 consults 1002 and transfers the customer. The note and the wrap-up reason go with the call. */
export async function consultTransfer(stage: DesktopStage): Promise<void> {
  await endsWithOther(stage, await joinedCall(stage, 'TRANSFER'), 'TRANSFER')
}

/** A conference of both agents and a customer, which 1001 leaves. */
export async function conference(stage: DesktopStage): Promise<void> {
  const call = await joinedCall(stage, 'CONFERENCE')
  const shows = shownJoined(stage, call, 'CONFERENCE')
  const customer = `${CUSTOMER} ACTIVE`
  await shows(['TALKING', 'TALKING'], ['1001 ACTIVE', customer, '1002 ACTIVE'], [CONTROLLING, TALKING])
  await stage.watched.picture('desktops-conference')
  await stage.press('1001', 'HOLD', call)
  await shows(['HOLD', 'TALKING'], ['1001 HELD', customer, '1002 ACTIVE'], [`${HELD} PARTICIPANT_DROP`, TALKING])
  await stage.press('1001', 'RETRIEVE', call)
  await shows(['TALKING', 'TALKING'], ['1001 ACTIVE', customer, '1002 ACTIVE'], [CONTROLLING, TALKING])
  await stage.press('1001', 'DROP', call)
  await endsWithOther(stage, call, 'CONFERENCE')
}

/** A conference, from which 1001, who began it, drops 1002. The customer stays. */
export async function drop(stage: DesktopStage): Promise<void> {
  const call = await joinedCall(stage, 'CONFERENCE')
  const shows = shownJoined(stage, call, 'CONFERENCE')
  const [agent, customer] = ['1001 ACTIVE', `${CUSTOMER} ACTIVE`]
  await shows(['TALKING', 'TALKING'], [agent, customer, '1002 ACTIVE'], [CONTROLLING, TALKING])
  await stage.types('1001', 'Number', '1002')
  await stage.press('1001', 'PARTICIPANT_DROP', call)
  await shows(['TALKING', 'WORK_READY'], [agent, customer, '1002 WRAP_UP'], [CONTROLLING, WRAP_UP])
  await stage.press('1002', 'Ready')
  await shows(['TALKING', 'READY'], [agent, customer], [CONTROLLING, ''])
  await stage.press('1001', 'DROP', call)
  await wrapsUp(stage, '1001')
}

/** Agent 1001 transfers a customer to 1002 in one step, and does not talk with 1002 before. */
export async function singleStep(stage: DesktopStage): Promise<void> {
  const call = await stage.acd('calls', { from: CUSTOMER, to: '1001' })
  await stage.press('1001', 'ANSWER', call)
  await stage.types('1001', 'Number', '1002')
  await stage.press('1001', 'TRANSFER_SST', call)
  const shows = (
    users: readonly [string, string],
    state: string,
    legs: readonly [string, string],
    own: readonly [string, string],
  ) => {
    const parties = [`1001 ${legs[0]}`, `${CUSTOMER} ACTIVE`, `1002 ${legs[1]}`]
    const head = `${state} TRANSFER ${CUSTOMER} → 1001`
    const shown = (actions: string) => line(call, head, parties, actions)
    return stage.shows({ '1001': [users[0], shown(own[0])], '1002': [users[1], shown(own[1])] })
  }
  await shows(['WORK_READY', 'RESERVED'], 'ALERTING', ['WRAP_UP', 'ALERTING'], [WRAP_UP, RINGING])
  await stage.press('1002', 'ANSWER', call)
  await shows(['WORK_READY', 'TALKING'], 'ACTIVE', ['WRAP_UP', 'ACTIVE'], [WRAP_UP, TALKING])
  await stage.press('1001', 'Ready')
  await stage.press('1002', 'DROP', call)
  await wrapsUp(stage, '1002')
}
