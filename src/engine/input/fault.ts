/** Whom a simulated failure reaches, and as what. */
import { type Dependency, isSignedIn } from '../../../machines/index.ts'
import type { Side } from '../../../machines/wire.ts'
import type { Directory } from '../../directory/model.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { FaultInput, Reads } from '../api.ts'
import type { Input, UserInputEvent } from '../input.ts'
import { presenceOf } from '../presence/users.ts'
import type { Addressed } from './inbox.ts'

/** A side, and what it lacks already. */
interface FaultySide {
  readonly side: Side
  readonly missing: readonly Dependency[]
}

/** Who there is. */
interface FaultScope {
  readonly users: readonly string[]
  /** Users who are signed in, or whose grace period runs; with two sides all, since they may sign in on the other. */
  readonly working: readonly string[]
  /** MRDs that have a queue. */
  readonly queues: readonly string[]
  readonly sides: readonly FaultySide[]
}

/** What there is once for both sides: it fails for both, and comes back for both, whichever is named (P9, P11, P13, D19). */
const SHARED: readonly FaultInput['type'][] = ['app-path', 'peripheral-gateway', 'resubmission']

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

/** Everything that a failure can reach, as it is now. */
export function faultScope(aggregates: Aggregates, directory: Directory, sides: readonly Side[]): FaultScope {
  const users = directory.users.map(({ id }) => id)
  const isWorking = (id: string) => {
    const user = aggregates.user(id)
    const isInGrace = sides.some((side) => presenceOf(aggregates, id, side) === 'GRACE')
    return sides.length > 1 || (user !== undefined && (isSignedIn(user.snapshot) || isInGrace))
  }
  return {
    users,
    working: users.filter(isWorking),
    queues: aggregates.queues().map(({ mrd }) => mrd),
    sides: sides.map((side) => ({ side, missing: aggregates.side(side)?.missing ?? [] })),
  }
}

/** The inputs of a failure, or of its end: first the side, or both, then whomever it reaches. */
export function faultInputs(fault: FaultInput, scope: FaultScope): readonly Addressed[] {
  const isShared = SHARED.includes(fault.type)
  const concerned = scope.sides.filter(({ side }) => isShared || side === fault.side)
  return [...concerned.flatMap((on) => onSide({ ...fault, side: on.side }, on, scope)), ...consequences(fault, scope)]
}

/** What a side notes, what it lacks from now on, and what users hear of its link to the ACD. */
function onSide(fault: FaultInput, { side, missing }: FaultySide, { working }: FaultScope): readonly Addressed[] {
  const to = `side/${side}`
  const noted: Addressed = { to, input: { kind: 'fault', fault } }
  const dependency = dependencyOf(fault, missing)
  if (!dependency) return [noted]
  const input: Input = fault.up
    ? { kind: 'side', change: 'BACK', dependency }
    : { kind: 'side', change: 'LOST', dependency, wasHeard: true }
  const change: Addressed = { to, input }
  const others = missing.filter((each) => each !== dependency)
  const isCutOff = cutsOff(fault.up ? others : [...others, dependency])
  if (cutsOff(missing) === isCutOff) return [noted, change]
  return [noted, change, ...toUsers(working, { type: isCutOff ? 'LINK_LOST' : 'LINK_BACK', side })]
}

function consequences(fault: FaultInput, { users, working, queues }: FaultScope): readonly Addressed[] {
  switch (fault.type) {
    case 'acd-link':
      return []
    case 'side':
      return fault.up ? [] : toUsers(users, { type: 'SESSIONS_LOST', side: fault.side })
    case 'app-path':
      return toUsers(users, { type: fault.up ? 'PATH_BACK' : 'PATH_LOST' })
    case 'peripheral-gateway':
      // What the gateways knew of the tasks is gone once they failed; their return brings nothing of it back.
      return fault.up ? [] : toUsers(working, { type: 'PERIPHERAL_LOST', both: fault.both })
    case 'resubmission':
      return queues.map((mrd) => ({ to: `queue/${mrd}`, input: { kind: 'fault', fault } }))
  }
}

/** Is the whole side lost? Whoever lets clients in there must not, and cuts those who are. */
export const sideIsLost = (reads: Pick<Reads, 'faults'>, side: Side): boolean =>
  reads.faults(side).some(({ type }) => type === 'side')
