/**
 * The figures of an interval report, and what Cisco's historical tables call them. The names are in Cisco's published
 * report guides, and in public queries on these tables. What they count was not compared with a running Cisco system.
 */

/**
 * One agent in one medium (`1` is voice), or in one queue of calls, in one interval. What is counted in a queue of calls
 * is a part of what is counted in voice. Times in ms, of the interval only.
 */
export interface AgentFigures {
  /** Beginning of the interval, in ms since 1970 UTC. */
  readonly from: number
  readonly user: string
  /** Id of the MRD, or of the queue of calls. */
  readonly mrd: string
  readonly name: string
  /** Time in each agent state but LOGOUT. Empty in a queue of calls: an agent has one state for all of them. */
  readonly stateMs: Readonly<Record<string, number>>
  /**
   * Time that dialogs were ACTIVE, summed over dialogs; in a queue of calls, time that the agent was connected. An
   * interrupt with ACCEPT stops it, with IGNORE it goes on.
   */
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

/** A queue of tasks or of calls in one interval. */
export interface QueueFigures {
  readonly from: number
  readonly queue: string
  readonly name: string
  /** Contacts that came into the queue; each once, also if it was offered to several agents. */
  readonly offered: number
  readonly accepted: number
  /** Contacts that an agent is through with, wrap-up included. */
  readonly handled: number
  readonly rona: number
  /** Customers who gave up before an agent accepted. Those who waited until the time-out of the queue are not in it. */
  readonly abandoned: number
  /** Time from the arrival to the acceptance, summed over the contacts that were accepted in the interval. */
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

/**
 * The columns of a report for agents: the figure, and the field of `Agent_Skill_Group_Interval` that is the same. Cisco
 * divides the time of talking by the kind of call.
 */
export const AGENT_FIELDS = {
  loggedOn: 'LoggedOnTime',
  READY: 'AvailTime',
  NOT_READY: 'NotReadyTime',
  RESERVED: 'ReservedStateTime',
  ACTIVE: 'TalkInTime',
  TALKING: 'TalkInTime + TalkOutTime + TalkOtherTime',
  HOLD: 'HoldTime',
  PAUSED: 'HoldTime',
  INTERRUPTED: 'InterruptedTime',
  WORK: 'WorkNotReadyTime',
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
