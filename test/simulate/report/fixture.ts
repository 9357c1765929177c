/** Results made by hand, with the shape of a simulation and the values that a test needs. */
import type {
  AgentResult,
  Distribution,
  Handling,
  QueueResult,
  SimulationResult,
  Span,
  Track,
  WorkTotals,
} from '../../../src/simulate/result.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Spans from states and the times (in ms) at which they begin, up to `end`. */
export function spans(end: number, ...starts: readonly (readonly [string, number])[]): readonly Span[] {
  return starts.map(([state, from], index) => ({ state, from, to: starts[index + 1]?.[1] ?? end }))
}

export function distribution(mean: number, count = 40): Distribution {
  return { count, mean, p50: mean * 0.8, p90: mean * 2, p99: mean * 3, longest: mean * 4 }
}

export function work(mrd: string, name: string, changes: Partial<WorkTotals> = {}): WorkTotals {
  return {
    mrd,
    name,
    offered: 50,
    accepted: 46,
    endings: {
      handled: 40,
      ronaTransfers: 4,
      transfers: 2,
      closedBySignOut: 1,
      abandoned: 1,
      expired: 0,
      lost: 0,
    },
    interruptions: 7,
    activeMs: 3 * HOUR,
    pausedMs: 20 * MINUTE,
    interruptedMs: 45 * MINUTE,
    wrapUpMs: 15 * MINUTE,
    acceptMs: 46 * 9_000,
    stateMs: { LOGOUT: HOUR, READY: 2 * HOUR, ACTIVE: 3 * HOUR, INTERRUPTED: 45 * MINUTE },
    ...changes,
  }
}

export function queue(mrd: string, name: string, changes: Partial<QueueResult> = {}): QueueResult {
  return {
    mrd,
    name,
    arrived: 50,
    handled: 40,
    abandoned: 5,
    left: 1,
    open: 4,
    wait: distribution(45_000),
    stillWaiting: 2,
    waitWithOpen: distribution(50_000),
    customerWaitMs: 40 * 45_000,
    handledAfter: distribution(300_000),
    response: distribution(30_000),
    serviceLevel: 0.825,
    serviceLevelMs: 60_000,
    longest: 9,
    length: { every: MINUTE, values: Array.from({ length: 241 }, (_, at) => Math.round(4 + 4 * Math.sin(at / 20))) },
    ...changes,
  }
}

/** The agent of the story: an e-mail is interrupted by a chat from 1:10:00 to 1:40:00. */
export function interrupted(end: number): {
  readonly tracks: readonly Track[]
  readonly handlings: readonly Handling[]
} {
  const [offer, accepted, chat, chatEnds] = [HOUR, HOUR + 5_000, HOUR + 10 * MINUTE, HOUR + 40 * MINUTE]
  const emailEnds = 2 * HOUR
  return {
    tracks: [
      { subject: 'voice', name: 'Voice', spans: spans(end, ['LOGOUT', 0], ['NOT_READY', MINUTE]) },
      {
        subject: '5001',
        name: 'Email',
        spans: spans(
          end,
          ['LOGOUT', 0],
          ['READY', 2 * MINUTE],
          ['RESERVED', offer],
          ['ACTIVE', accepted],
          ['INTERRUPTED', chat],
          ['ACTIVE', chatEnds],
          ['READY', emailEnds],
        ),
      },
      {
        subject: '5002',
        name: 'Chat',
        spans: spans(end, ['LOGOUT', 0], ['READY', 2 * MINUTE], ['ACTIVE', chat], ['READY', chatEnds]),
      },
    ],
    handlings: [
      {
        dialog: '1001.7',
        contact: 'c7',
        mrd: '5001',
        spans: spans(emailEnds, ['OFFERED', offer], ['ACTIVE', accepted], ['INTERRUPTED', chat], ['ACTIVE', chatEnds]),
        dispositionCode: 'CD_NORMAL_END_TASK',
      },
      {
        dialog: '1001.8',
        contact: 'c8',
        mrd: '5002',
        spans: spans(chatEnds, ['ACTIVE', chat], ['WRAPPING_UP', chatEnds - 5 * MINUTE]),
        dispositionCode: 'CD_NORMAL_END_TASK',
      },
    ],
  }
}

export function agent(user: string, name: string, changes: Partial<AgentResult> = {}): AgentResult {
  return {
    user,
    name,
    team: 'First Line Support',
    occupancy: 0.6,
    signedInMs: 3 * HOUR,
    workingMs: HOUR,
    calls: { offered: 12, answered: 11, talkMs: 40 * MINUTE, wrapUpMs: 6 * MINUTE },
    work: [work('5001', 'Email')],
    ...interrupted(4 * HOUR),
    ...changes,
  }
}

export function result(changes: Partial<SimulationResult> = {}): SimulationResult {
  return {
    format: 1,
    scenario: { name: 'morning', title: 'A morning of interrupts', description: 'Chats interrupt e-mails.' },
    seed: 7,
    startsAt: Date.UTC(2026, 2, 2, 8),
    durationMs: 4 * HOUR,
    warmUpMs: 0,
    journalHash: 'a3f1'.repeat(16),
    counts: { agents: 2, contacts: 100, inputs: 900, notifications: 1200, failedInputs: 0 },
    mrds: [
      { id: '5001', name: 'Email', interruptible: true },
      { id: '5002', name: 'Chat', interruptible: false },
    ],
    queues: [queue('5001', 'Email'), queue('5002', 'Chat', { wait: distribution(12_000), longest: 4 })],
    work: [work('5001', 'Email'), work('5002', 'Chat', { interruptions: 0, interruptedMs: 0 })],
    agents: [agent('1001', 'Ana Reyes', { occupancy: 0.55 }), agent('1002', 'Boris Novak', { occupancy: 0.81 })],
    faults: [{ text: 'Finesse side A is out of service', from: 2 * HOUR, to: 2 * HOUR + 20 * MINUTE }],
    people: [],
    expectations: [
      { line: 31, text: '1001 in 5001 is INTERRUPTED', at: HOUR + 15 * MINUTE, held: true, found: '' },
      { line: 32, text: '1002 in 5002 is READY', at: HOUR + 15 * MINUTE, held: false, found: 'ACTIVE' },
    ],
    ...changes,
  }
}

/** A big result with this number of agents, and of spans on all their tracks together. */
export function big(agents: number, all: number): SimulationResult {
  const states = ['READY', 'RESERVED', 'ACTIVE', 'INTERRUPTED', 'ACTIVE', 'PAUSED', 'WORK_READY']
  const each = Math.ceil(all / agents / 4)
  const step = (4 * HOUR) / each
  const trackOf = (subject: string, shift: number): Track => ({
    subject,
    name: subject,
    spans: Array.from({ length: each }, (_, index) => ({
      state: states[(index + shift) % states.length] ?? 'READY',
      from: index * step,
      to: (index + 1) * step,
    })),
  })
  return result({
    agents: Array.from({ length: agents }, (_, index) =>
      agent(String(2000 + index), `Agent ${index}`, {
        occupancy: ((index * 37) % 100) / 100,
        tracks: ['voice', '5001', '5002', '5003'].map((subject, shift) => trackOf(subject, index + shift)),
        handlings: [],
      }),
    ),
  })
}
