/** Simulated failures (ruling 29). */
import type { Engine } from '../engine/api.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok, type Side } from './operation.ts'
import { Refusal } from './refusal.ts'
import { fault, noFilter } from './requests.ts'

/** Has the side lost its ACD link? `undefined` for a side that this engine does not have. */
function isLinkDown(engine: Engine, side: Side): boolean | undefined {
  try {
    return engine.get.system(side).lastCtiHeartbeatStatus === 'failure'
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

async function change({ engine, side: own, body, query }: Call): Promise<Answer> {
  checked(noFilter, query, 'query')
  const { type, side = own, up } = checked(fault, body, 'body')
  if (isLinkDown(engine, side) === undefined) throw new Refusal('UNKNOWN_SIDE', 'side', `there is no side ${side}`)
  await engine.fault({ type, side, up })
  return ok({ type, side, up })
}

/** Failures that are in force. */
function list({ engine, query }: Call): Answer {
  checked(noFilter, query, 'query')
  const sides: readonly Side[] = ['A', 'B']
  const down = sides.filter((side) => isLinkDown(engine, side) === true)
  return ok(down.map((side) => ({ type: 'acd-link', side, up: false })))
}

export const FAULT_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/faults', run: change },
  { method: 'GET', path: '/faults', run: list },
]
