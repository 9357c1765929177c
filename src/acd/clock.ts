/** Virtual time: reading it, moving it forward, and resetting the server to its start. */
import type { Engine } from '../engine/api.ts'
import { within } from '../waiting/within.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { ControlRefusal } from './refusal.ts'
import { clockMove, nothing } from './requests.ts'

/**
 * How long an answer waits for traffic on sockets, in milliseconds of real time. A hanging socket must not block it.
 */
const PATIENCE = 5000

function show({ engine, time }: Call): Answer {
  return ok({ ...momentOf(engine), virtual: time.clock !== undefined })
}

/**
 * Moves time forward. Answers when everything due has happened and the connected sessions have their notifications.
 * Before time moves, the engine learns of all sessions that began or ended before the request.
 */
async function move({ engine, body, time }: Call): Promise<Answer> {
  const { advanceMs } = checked(clockMove, body, 'body')
  const { clock, turns, settled } = time
  if (clock === undefined)
    throw new ControlRefusal(
      'NO_VIRTUAL_TIME',
      '',
      'this server runs on the wall clock: start it with --virtual-time to move time',
    )
  return turns.run(async () => {
    await within(PATIENCE, settled())
    const before = engine.figures.notifications
    await clock.advance(advanceMs)
    await within(PATIENCE, engine.delivered())
    const { notifications, outboxPending } = engine.figures
    return ok({ ...momentOf(engine), notifications: notifications - before, waiting: outboxPending })
  })
}

/** Resets the server. Answers when the new state is in force and the work of the old one has ended. */
async function reset({ engine, body, time }: Call): Promise<Answer> {
  if (body !== undefined && body !== null) checked(nothing, body, 'body')
  return time.turns.run(async () => {
    await engine.reset()
    await within(PATIENCE, time.settled())
    return ok(momentOf(engine))
  })
}

function momentOf(engine: Engine) {
  const now = engine.now()
  return { now, iso: new Date(now).toISOString() }
}

export const CLOCK_OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '/clock', run: show },
  { method: 'POST', path: '/clock', run: move },
  { method: 'POST', path: '/reset', run: reset },
]
