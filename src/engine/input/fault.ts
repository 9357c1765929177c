/** Converts simulated failures to inputs, for the sides, users and queues that a failure affects. */
import { type Dependency, isSignedIn } from '../../../machines/index.ts'
import type { Side } from '../../../machines/wire.ts'
import type { Directory } from '../../directory/model.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { FaultInput, Reads } from '../api.ts'
import type { Input, UserInputEvent } from '../input.ts'
import { presenceOf } from '../presence/users.ts'
import type { Addressed } from './inbox.ts'

/** A side, and the dependencies that it has lost already. */
interface FaultySide {
  readonly side: Side
  readonly missing: readonly Dependency[]
}

/** The aggregates that a failure may affect. */
interface FaultScope {
  readonly users: readonly string[]
  /**
   * Users who are signed in, or whose grace period runs. With two sides these are all users, because they may sign in
   * on the other side.
   */
  readonly working: readonly string[]
  /** MRDs that have a queue. */
  readonly queues: readonly string[]
  readonly sides: readonly FaultySide[]
}

/**
 * Failures of parts that both sides share. They begin and end on both sides, whichever is named (P9, P11, P13, D19).
 */
const SHARED: readonly FaultInput['type'][] = ['app-path', 'peripheral-gateway', 'resubmission']

/** The types of failures, and the fields that each has beside `type`, `side` and `up`. */
const FIELDS: { readonly [Type in FaultInput['type']]: (given: FaultInput) => boolean } = {
  'acd-link': () => true,
  side: () => true,
  'app-path': () => true,
  'peripheral-gateway': (given) => 'both' in given && typeof given.both === 'boolean',
  resubmission: (given) => 'mode' in given && ['refuse', 'timeout', 'late'].includes(given.mode),
}

/** Checks a failure at run time, because a caller may not use the types. @throws InvalidArgument */
export function checkFault(fault: FaultInput, sides: readonly Side[]): void {
  if (typeof fault !== 'object' || fault === null || !Object.hasOwn(FIELDS, fault.type))
    throw new InvalidArgument(`a fault has one of these types: ${Object.keys(FIELDS).join(', ')}`)
  if (!sides.includes(fault.side)) throw new InvalidArgument(`there is no side ${String(fault.side)}`)
  if (typeof fault.up !== 'boolean') throw new InvalidArgument('`up` of a fault is true or false')
  if (!FIELDS[fault.type](fault))
    throw new InvalidArgument(`a field of the fault ${fault.type} is missing or not valid`)
}

const toUsers = (users: readonly string[], event: UserInputEvent): readonly Addressed[] =>
  users.map((user) => ({ to: `user/${user}`, input: { kind: 'user', event } }))

/** The dependency that the side loses by the failure, or gets back by its end; `undefined` if there is none. */
function dependencyOf(
  fault: FaultInput,
  missing: readonly Dependency[],
): 'acd-link' | 'peripheral-gateway' | 'side' | undefined {
  if (fault.type === 'acd-link' || fault.type === 'side') return fault.type
  if (fault.type !== 'peripheral-gateway') return undefined
  // A failure of both gateways may have been followed by a failure of one. The end applies to both failures.
  const isConcerned = fault.both || (fault.up && missing.includes(fault.type))
  return isConcerned ? fault.type : undefined
}

const cutsOff = (missing: readonly Dependency[]) =>
  missing.includes('acd-link') || missing.includes('peripheral-gateway') || missing.includes('side')

/** The aggregates that a failure may affect now. */
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

/** The inputs of a failure or of its end: first for the side, or both sides, then for users and queues. */
export function faultInputs(fault: FaultInput, scope: FaultScope): readonly Addressed[] {
  const isShared = SHARED.includes(fault.type)
  const concerned = scope.sides.filter(({ side }) => isShared || side === fault.side)
  return [...concerned.flatMap((on) => onSide({ ...fault, side: on.side }, on, scope)), ...consequences(fault, scope)]
}

/** Inputs for one side. Users get an input too if the side loses its connection to the ACD, or gets it back. */
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
      // The gateways lose their task data when they fail. Their return does not restore it.
      return fault.up ? [] : toUsers(working, { type: 'PERIPHERAL_LOST', both: fault.both })
    case 'resubmission':
      return queues.map((mrd) => ({ to: `queue/${mrd}`, input: { kind: 'fault', fault } }))
  }
}

/** Is the whole side lost? A front of a lost side must refuse new connections and close the open ones. */
export const sideIsLost = (reads: Pick<Reads, 'faults'>, side: Side): boolean =>
  reads.faults(side).some(({ type }) => type === 'side')
