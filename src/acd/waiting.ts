/** Why a task or a call waits in its queue. */
import { lookup } from '../directory/index.ts'
import type { Engine } from '../engine/api.ts'
import { counted, type Staffing } from '../engine/statistics/staffing.ts'
import { staffingText } from '../engine/statistics/staffing-text.ts'

/** A queue and the only agent who may get the contact, if it waits for one. */
export interface WaitsFor {
  /** A nonvoice MRD, or a queue of calls. */
  readonly queue: string
  readonly agent?: string | undefined
}

/** What the agents do who could get the contact; `null` for an unknown queue. */
export function waitingView({ get }: Pick<Engine, 'get'>, { queue, agent }: WaitsFor) {
  const staffing = agent === undefined ? get.staffing(queue) : ofOne(get, queue, agent)
  if (staffing === undefined) return null
  const { mrd } = lookup(get.directory())
  const why = staffingText(staffing, (id) => mrd(id)?.name ?? id)
  const { free, prevented, later, isDraining: draining } = staffing
  return {
    why: agent === undefined ? why : `only agent ${agent} may get it; ${why}`,
    free,
    prevented,
    ...(later ? { later } : {}),
    draining,
  }
}

/** A contact that waits for one agent waits for nobody else. */
function ofOne(get: Engine['get'], mrd: string, agent: string): Staffing {
  const eligibility = get.eligibility(agent)?.[mrd]
  return { ...counted(eligibility === undefined ? [] : [eligibility]), isDraining: get.isDraining() }
}
