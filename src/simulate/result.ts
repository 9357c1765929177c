/**
 * What a simulation found out: plain data, the same for one scenario and seed, byte for byte. Reports are made from it
 * and from nothing else.
 */

/** A stretch of time in one state. Times are milliseconds since the start of the simulation. */
export interface Span {
  readonly state: string
  readonly from: number
  readonly to: number
}

/** One row of an agent's lane: voice, or one MRD. */
export interface Track {
  /** `voice`, or the id of an MRD. */
  readonly subject: string
  readonly name: string
  /** Without gaps, from the start to the end of the simulation. */
  readonly spans: readonly Span[]
}

/** One task in the hands of one agent. */
export interface Handling {
  readonly dialog: string
  /** The customer's contact; a task that was resubmitted keeps it. */
  readonly contact: string
  readonly mrd: string
  /** States of the dialog, OFFERED first. */
  readonly spans: readonly Span[]
  /** How it ended (`media 8.4`); `''` when it was still open at the end. */
  readonly dispositionCode: string
}

/** Why a dialog left an agent. */
export type Ending = 'handled' | 'ronaTransfers' | 'transfers' | 'closedBySignOut' | 'abandoned' | 'expired' | 'lost'

/** Sums of one agent in one MRD, or of all agents in one MRD. Times in milliseconds. */
export interface WorkTotals {
  readonly mrd: string
  readonly name: string
  readonly offered: number
  readonly accepted: number
  /** Dialogs that left, by why they did. */
  readonly endings: Readonly<Record<Ending, number>>
  /** How often a dialog stood still because other work interrupted it. */
  readonly interruptions: number
  /** Time on task: dialogs in ACTIVE, summed over dialogs. */
  readonly activeMs: number
  readonly pausedMs: number
  readonly interruptedMs: number
  readonly wrapUpMs: number
  /** From the offer to its acceptance, summed. */
  readonly acceptMs: number
  /** Time in each agent state of the MRD, summed over agents. */
  readonly stateMs: Readonly<Record<string, number>>
}

/** One agent. */
export interface AgentResult {
  readonly user: string
  readonly name: string
  readonly team: string
  /** Share of the signed-in time with at least one dialog or call in hand, 0 to 1. */
  readonly occupancy: number
  /** From the first sign-in anywhere to the last sign-out, less the time signed out between. */
  readonly signedInMs: number
  readonly calls: {
    readonly offered: number
    readonly answered: number
    readonly talkMs: number
    readonly wrapUpMs: number
  }
  readonly work: readonly WorkTotals[]
  /** Only of the agents whose lanes are kept (the first of the directory; `lanes` says how many). */
  readonly tracks?: readonly Track[]
  readonly handlings?: readonly Handling[]
}

/** Distribution of a duration, in milliseconds. */
export interface Distribution {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly longest: number
}

/** One queue. */
export interface QueueResult {
  /** An MRD; voice is `1`. */
  readonly mrd: string
  readonly name: string
  readonly arrived: number
  readonly handled: number
  /** Left while they waited. */
  readonly abandoned: number
  /** Ended otherwise: transferred to another queue, expired, lost by a failure. */
  readonly left: number
  /** Still waiting, or in hand, at the end: arrived less handled, abandoned and left. */
  readonly open: number
  /** From arrival to acceptance, of those accepted. */
  readonly wait: Distribution
  /**
   * Share accepted within the service level, 0 to 1, of those accepted or abandoned; 1 when there were none.
   * `serviceLevelMs` is the limit.
   */
  readonly serviceLevel: number
  readonly serviceLevelMs: number
  /** So many waited at once at most. */
  readonly longest: number
  /** Waiting tasks at regular moments: `every` ms apart, the first at 0. */
  readonly length: { readonly every: number; readonly values: readonly number[] }
}

/** A line of `expect`, and whether it held. */
export interface Expectation {
  /** Line in the scenario file. */
  readonly line: number
  /** In words, as a report shows it. */
  readonly text: string
  /** Milliseconds since the start. */
  readonly at: number
  readonly held: boolean
  /** What was there instead; `''` when it held. */
  readonly found: string
}

export interface SimulationResult {
  /** Version of this form. */
  readonly format: 1
  readonly scenario: { readonly name: string; readonly title: string; readonly description: string }
  readonly seed: number
  /** Milliseconds since 1970 UTC at which the simulated day begins. */
  readonly startsAt: number
  readonly durationMs: number
  /** SHA-256 over the journal: equal for equal runs. */
  readonly journalHash: string
  readonly counts: {
    readonly agents: number
    readonly contacts: number
    readonly inputs: number
    readonly notifications: number
    readonly failedInputs: number
  }
  readonly mrds: readonly { readonly id: string; readonly name: string; readonly interruptible: boolean }[]
  readonly queues: readonly QueueResult[]
  /** All agents together, per MRD. */
  readonly work: readonly WorkTotals[]
  readonly agents: readonly AgentResult[]
  /** Faults, for the time axis. */
  readonly faults: readonly { readonly text: string; readonly from: number; readonly to: number }[]
  readonly expectations: readonly Expectation[]
}
