/** A validated scenario. Moments are milliseconds since its start. */
import type { Directory } from '../../directory/model.ts'
import type { Condition } from './condition.ts'
import type { Arrival, Costs, FaultEntry, Group, HandlingTimes, ScenarioFile } from './schema.ts'
import type { ScriptEntry } from './script.ts'

/** An agent of the scenario, with the group that defines its behaviour. */
export interface Member {
  readonly user: string
  readonly group: Group
  /** Number within the group, from 0. */
  readonly index: number
}

/** An expectation. `line`: its line in the scenario file. */
export interface Expected {
  readonly line: number
  readonly at: number
  readonly subject:
    | { readonly kind: 'user'; readonly user: string; readonly state: string }
    | {
        readonly kind: 'medium'
        readonly user: string
        readonly mrd: string
        readonly state: string | undefined
        readonly routable: boolean | undefined
      }
    | { readonly kind: 'contact'; readonly contact: string; readonly state: string; readonly user: string | undefined }
    | { readonly kind: 'queue'; readonly mrd: string; readonly length: Condition }
    | {
        readonly kind: 'total'
        readonly total: string
        readonly mrd: string | undefined
        readonly user: string | undefined
        readonly queue: string | undefined
        readonly value: Condition
      }
}

/** An arrival stream with its unique key. The contacts have the names `key#1`, `key#2` and so on. */
export interface ArrivalStream extends Arrival {
  readonly key: string
}

export interface Scenario {
  /** File name without directory and extension. */
  readonly name: string
  readonly title: string
  readonly description: string
  readonly seed: number
  /** Milliseconds since 1970 UTC. */
  readonly start: number
  readonly duration: number
  readonly sides: ScenarioFile['sides']
  readonly directory: Directory
  readonly members: readonly Member[]
  readonly arrivals: readonly ArrivalStream[]
  readonly handling: Readonly<Record<string, HandlingTimes>>
  readonly media: ScenarioFile['media']
  /** How numbers outside answer calls of agents; `*` for all others. */
  readonly numbers: ScenarioFile['numbers']
  readonly campaigns: ScenarioFile['campaigns']
  readonly faults: readonly FaultEntry[]
  readonly script: readonly ScriptEntry[]
  readonly expect: readonly Expected[]
  /** Milliseconds. What happens before is in no figure. */
  readonly warmUp: number
  readonly costs: Costs | undefined
}

/** Where a variant lies in a sweep. */
export interface Point {
  /** What the sweep changes, for example `chat.size`. */
  readonly path: string
  readonly value: string | number
  /** The variant of the scenario that was swept; `''` if it has none. */
  readonly variant: string
}

/** One form of a scenario. */
export interface Variant {
  readonly name: string
  readonly scenario: Scenario
  /** Absent if it belongs to no sweep. */
  readonly point?: Point
}
