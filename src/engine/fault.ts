/** Whom a simulated failure reaches, and as what. */
import type { Dependency } from '../../machines/index.ts'
import type { Side } from '../../machines/wire.ts'
import type { FaultInput, Reads } from './api.ts'
import type { Input, UserInputEvent } from './input.ts'

/** Who there is, and what the side lacks already. */
export interface FaultScope {
  readonly users: readonly string[]
  /** Users who are signed in, or whose grace period runs; with two sides all, since they may sign in on the other. */
  readonly working: readonly string[]
  /** MRDs that have a queue. */
  readonly queues: readonly string[]
  readonly missing: readonly Dependency[]
}

interface Addressed {
  readonly to: string
  readonly input: Input
}

const toUsers = (users: readonly string[], event: UserInputEvent): readonly Addressed[] =>
  users.map((user) => ({ to: `user/${user}`, input: { kind: 'user', event } }))

/** What a failure takes from the side altogether, or its end gives back, if anything. */
function dependencyOf(
  fault: FaultInput,
  missing: readonly Dependency[],
): 'acd-link' | 'peripheral-gateway' | 'side' | undefined {
  if (fault.type === 'acd-link' || fault.type === 'side') return fault.type
  if (fault.type !== 'peripheral-gateway') return undefined
  // One gateway may have been said to fail after both: the end of the failure is the end of all of it.
  const isConcerned = fault.both || (fault.up && missing.includes(fault.type))
  return isConcerned ? fault.type : undefined
}

const cutsOff = (missing: readonly Dependency[]) =>
  missing.includes('acd-link') || missing.includes('peripheral-gateway') || missing.includes('side')

/** The inputs of a failure, or of its end: first the side, then whomever it reaches. */
export function faultInputs(fault: FaultInput, scope: FaultScope): readonly Addressed[] {
  const to = `side/${fault.side}`
  const dependency = dependencyOf(fault, scope.missing)
  const noted: readonly Addressed[] = [{ to, input: { kind: 'fault', fault } }]
  if (!dependency) return [...noted, ...consequences(fault, scope, [])]
  const others = scope.missing.filter((each) => each !== dependency)
  const isCutOff = cutsOff(fault.up ? others : [...others, dependency])
  const link: readonly Addressed[] =
    cutsOff(scope.missing) === isCutOff
      ? []
      : toUsers(scope.working, { type: isCutOff ? 'LINK_LOST' : 'LINK_BACK', side: fault.side })
  const change: Addressed = { to, input: { kind: 'side', change: fault.up ? 'BACK' : 'LOST', dependency } }
  return [...noted, change, ...consequences(fault, scope, link)]
}

/** `link`: what users hear of the side's link to the ACD. */
function consequences(fault: FaultInput, scope: FaultScope, link: readonly Addressed[]): readonly Addressed[] {
  const { users, working, queues } = scope
  switch (fault.type) {
    case 'acd-link':
      return link
    case 'side':
      return fault.up ? link : [...link, ...toUsers(users, { type: 'SESSIONS_LOST', side: fault.side })]
    case 'app-path':
      return toUsers(users, { type: fault.up ? 'PATH_BACK' : 'PATH_LOST' })
    case 'peripheral-gateway':
      // What the gateways knew of the tasks is gone once they failed; their return brings nothing of it back.
      return fault.up ? link : [...link, ...toUsers(working, { type: 'PERIPHERAL_LOST', both: fault.both })]
    case 'resubmission':
      return queues.map((mrd) => ({ to: `queue/${mrd}`, input: { kind: 'fault', fault } }))
  }
}

/** Is the whole side lost? Whoever lets clients in there must not, and cuts those who are. */
export const sideIsLost = (reads: Pick<Reads, 'faults'>, side: Side): boolean =>
  reads.faults(side).some(({ type }) => type === 'side')
