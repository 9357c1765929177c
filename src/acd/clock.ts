/** Virtual time: what it is, moving it, and going back to the start of everything. */
import type { Engine } from '../engine/api.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { ControlRefusal } from './refusal.ts'
import { clockMove, noFilter, nothing } from './requests.ts'

/** So long an answer waits for what has to go through sockets; real milliseconds. */
const PATIENCE = 5000

function show({ engine, query, time }: Call): Answer {
  checked(noFilter, query, 'query')
  return ok({ ...momentOf(engine), virtual: time.clock !== undefined })
}

/**
 * Answers when everything that is due has happened and the sessions that are there have got what they are to get. Whoever
 * came or went before the request is known before time moves.
 */
async function move({ engine, query, body, time }: Call): Promise<Answer> {
  checked(noFilter, query, 'query')
  const { advanceMs } = checked(clockMove, body, 'body')
  const { clock, turns, settled } = time
  if (clock === undefined)
    throw new ControlRefusal(
      'NO_VIRTUAL_TIME',
      '',
      'time is that of the wall clock here: start the server with --virtual-time',
    )
  return turns.run(async () => {
    await inTime(settled())
    const before = engine.figures.notifications
    await clock.advance(advanceMs)
    await inTime(engine.delivered())
    const { notifications, outboxPending } = engine.figures
    return ok({ ...momentOf(engine), notifications: notifications - before, waiting: outboxPending })
  })
}

/** Answers when the new state is there, and when nothing of before is under way any more. */
async function reset({ engine, query, body, time }: Call): Promise<Answer> {
  checked(noFilter, query, 'query')
  if (body !== undefined && body !== null) checked(nothing, body, 'body')
  return time.turns.run(async () => {
    await engine.reset()
    await inTime(time.settled())
    return ok(momentOf(engine))
  })
}

function momentOf(engine: Engine) {
  const now = engine.now()
  return { now, iso: new Date(now).toISOString() }
}

/** Waits for the work, but not for ever: what hangs on a socket must not hang the caller. */
async function inTime(work: Promise<void>): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    late = setTimeout(resolve, PATIENCE)
  })
  try {
    await Promise.race([work, patience])
  } finally {
    clearTimeout(late)
  }
}

export const CLOCK_OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '/clock', run: show },
  { method: 'POST', path: '/clock', run: move },
  { method: 'POST', path: '/reset', run: reset },
]
