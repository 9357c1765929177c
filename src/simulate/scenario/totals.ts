/** The totals that an expectation can name: their units, and their values in a result. */
import type { AgentResult, QueueResult, SimulationResult, WorkTotals } from '../result.ts'
import type { Unit } from './condition.ts'

interface Total<Of> {
  readonly unit: Unit
  readonly of: (of: Of) => number
}

type Totals<Of> = Readonly<Record<string, Total<Of>>>

const count = <Of>(of: (of: Of) => number): Total<Of> => ({ unit: 'count', of })
const duration = <Of>(of: (of: Of) => number): Total<Of> => ({ unit: 'duration', of })
const share = <Of>(of: (of: Of) => number): Total<Of> => ({ unit: 'share', of })

/** Totals of the work in an MRD, of one agent or of all. */
const WORK: Totals<WorkTotals> = {
  offered: count(({ offered }) => offered),
  accepted: count(({ accepted }) => accepted),
  handled: count(({ endings }) => endings.handled),
  rona: count(({ endings }) => endings.ronaTransfers),
  transfers: count(({ endings }) => endings.transfers),
  closedBySignOut: count(({ endings }) => endings.closedBySignOut),
  abandoned: count(({ endings }) => endings.abandoned),
  expired: count(({ endings }) => endings.expired),
  lost: count(({ endings }) => endings.lost),
  interruptions: count(({ interruptions }) => interruptions),
  active: duration(({ activeMs }) => activeMs),
  paused: duration(({ pausedMs }) => pausedMs),
  interrupted: duration(({ interruptedMs }) => interruptedMs),
  wrapUp: duration(({ wrapUpMs }) => wrapUpMs),
}

const QUEUE: Totals<QueueResult> = {
  arrived: count(({ arrived }) => arrived),
  handled: count(({ handled }) => handled),
  abandoned: count(({ abandoned }) => abandoned),
  left: count(({ left }) => left),
  open: count(({ open }) => open),
  serviceLevel: share(({ serviceLevel }) => serviceLevel),
  waitMean: duration(({ wait }) => wait.mean),
  waitP90: duration(({ wait }) => wait.p90),
  waitLongest: duration(({ wait }) => wait.longest),
  longest: count(({ longest }) => longest),
  handledAfterMean: duration(({ handledAfter }) => handledAfter.mean),
  handledAfterP90: duration(({ handledAfter }) => handledAfter.p90),
  responseMean: duration(({ response }) => response.mean),
  responseP90: duration(({ response }) => response.p90),
}

type Agents = readonly AgentResult[]

const sum = (agents: Agents, of: (agent: AgentResult) => number) => agents.reduce((all, agent) => all + of(agent), 0)
const signedInMs = (agents: Agents) => sum(agents, (agent) => agent.signedInMs)

/** Mean occupancy of all agents, weighted by their signed-in times; 0 when no agent was signed in. */
export const occupancyOf = (agents: Agents): number =>
  signedInMs(agents) === 0 ? 0 : sum(agents, (agent) => agent.occupancy * agent.signedInMs) / signedInMs(agents)

/** Totals of one agent or of all, over all media. */
const AGENT: Totals<Agents> = {
  occupancy: share(occupancyOf),
  signedIn: duration(signedInMs),
  working: duration((agents) => sum(agents, ({ workingMs }) => workingMs)),
  callsOffered: count((agents) => sum(agents, ({ calls }) => calls.offered)),
  callsAnswered: count((agents) => sum(agents, ({ calls }) => calls.answered)),
  talk: duration((agents) => sum(agents, ({ calls }) => calls.talkMs)),
  callWrapUp: duration((agents) => sum(agents, ({ calls }) => calls.wrapUpMs)),
}

const RUN: Totals<SimulationResult> = {
  contacts: count(({ counts }) => counts.contacts),
  failedInputs: count(({ counts }) => counts.failedInputs),
}

/** What a total refers to. */
export interface Whose {
  readonly user: string | undefined
  readonly mrd: string | undefined
  readonly queue: string | undefined
}

/** By name: the units of the totals that exist for an MRD, for a queue, or for agents. */
export function unitsOf({ mrd, queue }: Omit<Whose, 'user'>): Readonly<Record<string, Unit>> {
  const known = queue !== undefined ? QUEUE : mrd !== undefined ? WORK : { ...AGENT, ...RUN }
  return Object.fromEntries(Object.entries(known).map(([name, { unit }]) => [name, unit]))
}

/** The value of a total; `undefined` if the result does not have it. */
export function totalOf(result: SimulationResult, total: string, { user, mrd, queue }: Whose): number | undefined {
  const found = <Of>(totals: Totals<Of>, of: Of | undefined) => (of === undefined ? undefined : totals[total]?.of(of))
  if (queue !== undefined)
    return found(
      QUEUE,
      result.queues.find((each) => each.mrd === queue),
    )
  const agents = user === undefined ? result.agents : result.agents.filter((agent) => agent.user === user)
  if (mrd === undefined) return found(AGENT, agents) ?? found(RUN, result)
  const work = user === undefined ? result.work : agents.flatMap((agent) => agent.work)
  return found(
    WORK,
    work.find((each) => each.mrd === mrd),
  )
}
