/** Whom a simulated failure reaches, and as what. */
import type { FaultInput } from './api.ts'
import type { Input, UserInputEvent } from './input.ts'

/** Who there is, and whether the side was, and is, cut off from the ACD. */
export interface FaultScope {
  readonly users: readonly string[]
  /** Users who are signed in, or whose grace period runs. */
  readonly working: readonly string[]
  /** MRDs that have a queue. */
  readonly queues: readonly string[]
  readonly wasCutOff: boolean
  readonly isCutOff: boolean
}

interface Addressed {
  readonly to: string
  readonly input: Input
}

const toUsers = (users: readonly string[], event: UserInputEvent): readonly Addressed[] =>
  users.map((user) => ({ to: `user/${user}`, input: { kind: 'user', event } }))

/** The inputs of a failure, or of its end, beside those of the side itself; in order. */
export function faultInputs(fault: FaultInput, scope: FaultScope): readonly Addressed[] {
  const { side, up } = fault
  const { users, working, queues, wasCutOff, isCutOff } = scope
  const link: readonly Addressed[] =
    wasCutOff === isCutOff ? [] : toUsers(working, { type: isCutOff ? 'LINK_LOST' : 'LINK_BACK', side })
  switch (fault.type) {
    case 'acd-link':
      return link
    case 'app-path':
      return toUsers(users, { type: up ? 'PATH_BACK' : 'PATH_LOST' })
    case 'peripheral-gateway':
      // What the gateways knew of the tasks is gone once they failed; their return brings nothing of it back.
      return up ? link : [...link, ...toUsers(working, { type: 'PERIPHERAL_LOST', both: fault.both })]
    case 'resubmission':
      return queues.map((mrd) => ({ to: `queue/${mrd}`, input: { kind: 'fault', fault } }))
  }
}
