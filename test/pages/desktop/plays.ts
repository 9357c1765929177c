/** What agents do with calls, and what both desktops show after each step. */
import type { AgentId, DesktopStage, Shown } from './stage.ts'

/** The actions of the agent's own leg, by its state. */
const RINGING = 'ANSWER'
const CALLING = 'UPDATE_CALL_DATA DROP'
const TALKING = 'HOLD UPDATE_CALL_DATA SEND_DTMF DROP'
const HELD = 'UPDATE_CALL_DATA DROP RETRIEVE'
const WRAP_UP = 'UPDATE_CALL_DATA'

const CUSTOMER = '5550100'

/** The line of a call: state, type, caller and number called; parties; data if there are any; own actions. */
const line = (call: string, head: string, parties: readonly string[], ...more: readonly string[]): string =>
  [call, head, parties.join(', '), ...more].join(' | ')

/** The other agent has no call. */
const FREE: Shown = ['READY']

/** Nothing is left, and nothing has failed. */
export const isQuiet = (stage: DesktopStage): Promise<void> => stage.shows({ '1001': FREE, '1002': FREE })

/** An agent who has to wrap up, annotates the call and is READY again. */
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
