/** Virtual time: what it is, moving it, and going back to the start of everything. */
import type { Engine } from '../engine/api.ts'
import { within } from '../waiting/within.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { ControlRefusal } from './refusal.ts'
import { clockMove, nothing } from './requests.ts'

/** So long an answer waits for what has to go through sockets, real milliseconds: what hangs there must not hang the caller. */
const PATIENCE = 5000

function show({ engine, time }: Call): Answer {
  return ok({ ...momentOf(engine), virtual: time.clock !== undefined })
}

/**
 * Answers when everything that is due has happened and the sessions that are there have got what they are to get. Whoever
 * came or went before the request is known before time moves.
 */
async function move({ engine, body, time }: Call): Promise<Answer> {
  const { advanceMs } = checked(clockMove, body, 'body')
  const { clock, turns, settled } = time
  if (clock === undefined)
    throw new ControlRefusal(
      'NO_VIRTUAL_TIME',
      '',
      'time is that of the wall clock here: start the server with --virtual-time',
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

/** Answers when the new state is there, and when nothing of before is under way any more. */
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
