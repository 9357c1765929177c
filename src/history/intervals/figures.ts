/** The figures of an interval report, and what Cisco's historical tables call them, as far as we know. */

/** One agent in one medium (`1` is voice) in one interval. Times in ms, of the interval only. */
export interface AgentFigures {
  /** Beginning of the interval, in ms since 1970 UTC. */
  readonly from: number
  readonly user: string
  readonly mrd: string
  readonly name: string
  /** Time in each agent state but LOGOUT. */
  readonly stateMs: Readonly<Record<string, number>>
  /** Time that dialogs were ACTIVE, summed over dialogs. An interrupt with ACCEPT stops it, with IGNORE it goes on. */
  readonly onTaskMs: number
  readonly offered: number
  readonly accepted: number
  readonly handled: number
  /** Offers that the agent did not accept in time. */
  readonly rona: number
  /** Offers that ended because the customer gave up. */
  readonly abandoned: number
  /** How often a dialog was interrupted. */
  readonly interrupts: number
}

/** A queue of tasks in one interval. */
export interface QueueFigures {
  readonly from: number
  readonly queue: string
  readonly name: string
  /** Tasks that came into the queue; each once, also if it was offered several times. */
  readonly offered: number
  readonly accepted: number
  readonly handled: number
  readonly rona: number
  readonly abandoned: number
  /** Time from the arrival to the acceptance, summed over the tasks that were accepted in the interval. */
  readonly waitMs: number
}

export interface IntervalReport {
  readonly from: number
  readonly to: number
  /** Length of an interval, in ms. */
  readonly every: number
  readonly agents: readonly AgentFigures[]
  readonly queues: readonly QueueFigures[]
}

/** The columns of a report for agents: the figure, and the field of `Agent_Skill_Group_Interval` that is the same. */
export const AGENT_FIELDS = {
  loggedOn: 'LoggedOnTime',
  READY: 'AvailTime',
  NOT_READY: 'NotReadyTime',
  RESERVED: 'ReservedStateTime',
  ACTIVE: 'TalkInTime',
  PAUSED: 'HoldTime',
  INTERRUPTED: 'InterruptedTime',
  WORK_READY: 'WorkReadyTime',
  WORK_NOT_READY: 'WorkNotReadyTime',
  accepted: 'CallsAnswered',
  handled: 'CallsHandled',
  rona: 'RedirectNoAnsCalls',
  abandoned: 'AbandonRingCalls',
} as const

/** The same for queues, of `Call_Type_Interval`. */
export const QUEUE_FIELDS = {
  offered: 'CallsOffered',
  accepted: 'CallsAnswered',
  handled: 'CallsHandled',
  rona: 'CallsRONA',
  abandoned: 'TotalCallsAband',
  wait: 'AnswerWaitTime',
} as const
