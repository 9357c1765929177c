/** What lanes show, as plain data. A `SimulationResult` has these members, and the viewer makes them of a story. */

/** A span of time in one state. Times are milliseconds since the start of the time that is shown. */
export interface Span {
  readonly state: string
  readonly from: number
  readonly to: number
}

/** One row of an agent: voice, or one MRD. */
export interface Track {
  /** `voice`, or the id of an MRD. */
  readonly subject: string
  readonly name: string
  readonly spans: readonly Span[]
}

/** One task or call in the hands of one agent. */
export interface Handling {
  readonly dialog: string
  /** The customer's contact; `''` if there is none. */
  readonly contact: string
  /** `voice` for a call. */
  readonly mrd: string
  readonly spans: readonly Span[]
  /** How it ended; `''` if it is open, or if that is not known. */
  readonly dispositionCode: string
}

export interface LaneAgent {
  readonly user: string
  readonly name: string
  readonly team: string
  /** Absent for an agent without lanes. */
  readonly tracks?: readonly Track[]
  readonly handlings?: readonly Handling[]
}

export interface LaneResult {
  /** Start of the time that is shown, in milliseconds since 1970 UTC. */
  readonly startsAt: number
  readonly agents: readonly LaneAgent[]
  readonly faults: readonly { readonly text: string; readonly from: number; readonly to: number }[]
}
