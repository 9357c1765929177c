/** Simulated failures (ruling 29). */

import type { Side } from '../../machines/wire.ts'
import type { Engine, FaultInput } from '../engine/api.ts'
import { sideIsLost } from '../engine/input/fault.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { pageOf } from './pages.ts'
import { ControlRefusal } from './refusal.ts'
import { fault } from './requests.ts'

const SIDES: readonly Side[] = ['A', 'B']

/** Does this engine have the side? */
function hasSide(engine: Engine, side: Side): boolean {
  try {
    return engine.get.system(side).side === side
  } catch (error) {
    if (error instanceof InvalidArgument) return false
    throw error
  }
}

/** Is another side up, whose `/acd` still answers? */
const isOtherSideUp = (engine: Engine, side: Side): boolean =>
  SIDES.some((other) => other !== side && hasSide(engine, other) && !sideIsLost(engine.get, other))

/** The fault, or the end of one, that the request asks for. */
function askedIn({ engine, side: own, body }: Call): FaultInput {
  const given = checked(fault, body, 'body')
  const { side = own } = given
  if (!hasSide(engine, side)) throw new ControlRefusal('UNKNOWN_SIDE', 'side', `there is no side ${side}`)
  if (given.type === 'side' && !given.up && !isOtherSideUp(engine, side))
    throw new ControlRefusal(
      'LAST_SIDE',
      'side',
      `side ${side} is the only side that is up: no request could end this fault`,
    )
  // The end of a fault concerns the gateway or side that failed, whichever side the request names.
  const failed = engine.get.faults(side).find((each) => each.type === given.type)
  return given.up && failed ? { ...failed, up: true } : { ...given, side }
}

async function change(call: Call): Promise<Answer> {
  const asked = askedIn(call)
  await call.engine.fault(asked, call.origin)
  return ok(asked)
}

/** Lists the faults in force. */
function list(call: Call): Answer {
  const { engine } = call
  const all = SIDES.filter((side) => hasSide(engine, side)).flatMap((side) => engine.get.faults(side))
  return pageOf(
    call,
    all,
    ({ side, type }) => `${side}.${type}`,
    (fault) => fault,
  )
}

export const FAULT_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/faults', run: change, again: (call) => ok(askedIn(call)) },
  { method: 'GET', path: '/faults', takesQuery: true, run: list },
]
