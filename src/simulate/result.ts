/**
 * The result of a simulation, as plain data. The same scenario and seed give the same result, byte for byte. Reports
 * use only this data.
 */

/** A span of time in one state. Times are milliseconds since the start of the simulation. */
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

/** One task or call in the hands of one agent. */
export interface Handling {
  readonly dialog: string
  /** The customer's contact; a task that was resubmitted keeps it. `''` for a call of agents. */
  readonly contact: string
  /** `voice` for a call. */
  readonly mrd: string
  /**
   * States of the dialog, OFFERED first. Of a call: those of the agent's leg, such as ALERTING, ACTIVE, HELD, WRAP_UP;
   * CONSULT and CONFERENCE instead of ACTIVE; MONITORED while a supervisor listens to the agent, and MONITORS for that
   * supervisor.
   */
  readonly spans: readonly Span[]
  /** How it ended (`media 8.4`); `''` when it was still open at the end. */
  readonly dispositionCode: string
}

/** Why a dialog of an agent ended. */
export type Ending = 'handled' | 'ronaTransfers' | 'transfers' | 'closedBySignOut' | 'abandoned' | 'expired' | 'lost'

/** Sums of one agent in one MRD, or of all agents in one MRD. Times in milliseconds. */
export interface WorkTotals {
  readonly mrd: string
  readonly name: string
  readonly offered: number
  readonly accepted: number
  /** Number of ended dialogs, by reason. */
  readonly endings: Readonly<Record<Ending, number>>
  /** How often a dialog was interrupted by other work. */
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
  /** Share of the signed-in time with at least one accepted dialog or call, 0 to 1. */
  readonly occupancy: number
  /** Time during which the agent was signed in to at least one medium or voice. */
  readonly signedInMs: number
  /** Time in which the agent worked on something: a call and its wrap-up, a turn, or own work. */
  readonly workingMs: number
  readonly calls: {
    readonly offered: number
    readonly answered: number
    readonly talkMs: number
    readonly wrapUpMs: number
  }
  readonly work: readonly WorkTotals[]
  /** Only for the first `lanes` agents of the directory. */
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

/** Figures of one queue. */
export interface QueueResult {
  /** Id of the MRD; voice is `1`. */
  readonly mrd: string
  readonly name: string
  readonly arrived: number
  readonly handled: number
  /** Customers who gave up while they waited. */
  readonly abandoned: number
  /** Contacts that left the queue in another way: transferred to another queue, expired, or lost in a failure. */
  readonly left: number
  /** Waiting or with an agent at the end: `arrived` minus `handled`, `abandoned` and `left`. */
  readonly open: number
  /** Time from arrival to acceptance, of accepted contacts. */
  readonly wait: Distribution
  /** Contacts that nobody had accepted at the end. */
  readonly stillWaiting: number
  /** The same as `wait`, with the contacts of `stillWaiting` and their waits until the end: a lower bound. */
  readonly waitWithOpen: Distribution
  /** All the time that customers waited, in ms: until the acceptance, until they gave up, or until the end. */
  readonly customerWaitMs: number
  /** Time from arrival until it was handled, with the contacts that are open at the end and their time until then: a lower bound. */
  readonly handledAfter: Distribution
  /** Of a chat in turns: time from a message of the customer to the end of the agent's reply. */
  readonly response: Distribution
  /**
   * Of the contacts that were accepted or abandoned, or that still wait and have done so for longer than
   * `serviceLevelMs`, the share that was accepted within `serviceLevelMs`, 0 to 1; 1 when there were none.
   */
  readonly serviceLevel: number
  readonly serviceLevelMs: number
  /** Maximum number of contacts that waited at the same time. */
  readonly longest: number
  /** Largest number of waiting contacts in each period of `every` ms that ends at a regular moment, the first at 0. */
  readonly length: { readonly every: number; readonly values: readonly number[] }
}

/** What a run costs, in the scenario's unit of money. */
export interface CostResult {
  readonly agents: number
  readonly abandoned: number
  readonly wait: number
  readonly total: number
}

/** A line of `expect`, and whether it was met. */
export interface Expectation {
  /** Line in the scenario file. */
  readonly line: number
  /** In words, as a report shows it. */
  readonly text: string
  /** Milliseconds since the start. */
  readonly at: number
  readonly held: boolean
  /** The value that was found instead; `''` when the expectation held. */
  readonly found: string
}

/** What the simulation assumes of people, and where that comes from: the scenario, or an assumption. */
export interface Assumption {
  readonly about: string
  readonly value: string
  readonly source: string
}

export interface SimulationResult {
  /** Version of this format. */
  readonly format: 1
  readonly scenario: { readonly name: string; readonly title: string; readonly description: string }
  readonly seed: number
  /** Start of the simulated time, in milliseconds since 1970 UTC. */
  readonly startsAt: number
  readonly durationMs: number
  /** What arrived or happened before this time is in no figure. */
  readonly warmUpMs: number
  /** SHA-256 of the journal: equal for equal runs. */
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
  readonly people: readonly Assumption[]
  /** Only if the scenario has `costs`. */
  readonly costs?: CostResult
  readonly expectations: readonly Expectation[]
}

/** A difference of two variants, in words and numbers, for a report. */
export interface ShownDifference {
  readonly label: string
  readonly base: string
  readonly own: string
  readonly difference: string
  readonly verdict: 'better' | 'worse' | 'different' | 'same' | 'one run'
  /** The difference and the bounds of its interval, in the unit of the figure. */
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** What is assumed of people in the variants of an experiment. `of`: ` in NAME` if only these variants assume it. */
export interface SharedAssumption extends Assumption {
  readonly of: string
}

/** How one figure depends on the value that a sweep has tried, for a report. */
export interface ShownCurve {
  readonly label: string
  readonly unit: 'count' | 'duration' | 'share'
  /** Shown at once; the others on demand. */
  readonly isMain: boolean
  /** What the figure has to reach, in its unit. Absent if it is no target. */
  readonly target?: { readonly text: string; readonly value: number }
  /** A line for each variant of the scenario; without variants its name is empty. */
  readonly lines: readonly { readonly name: string; readonly points: readonly ShownPoint[] }[]
}

/** One value, and the mean of the figure there with its interval. */
export interface ShownPoint {
  readonly value: string | number
  readonly text: string
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Whether the target is met. Absent without a target. */
  readonly verdict?: string
}

/** What a report of many runs begins with: the answer, and every variant against the first one. */
export interface ShownComparison {
  readonly title: string
  readonly seeds: readonly number[]
  readonly base: string
  readonly sentences: readonly string[]
  readonly warnings: readonly string[]
  readonly variants: readonly { readonly name: string; readonly differences: readonly ShownDifference[] }[]
  /** The staffing curve. Absent if it is no sweep. */
  readonly curve?: { readonly path: string; readonly figures: readonly ShownCurve[] }
  /** All figures of all variants, with their intervals. */
  readonly all: {
    readonly names: readonly string[]
    readonly figures: readonly { readonly label: string; readonly values: readonly string[] }[]
  }
  /** The names of the variants whose first runs are in the report. */
  readonly runs: readonly string[]
  readonly people: readonly SharedAssumption[]
  readonly notes: readonly string[]
}
