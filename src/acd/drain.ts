/** Draining the server before an upgrade (no new sign-ins and no new offers, on both sides), and stopping it. */
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { ControlRefusal } from './refusal.ts'
import { nothing } from './requests.ts'

function progress({ engine }: Call): Answer {
  const { since, ...figures } = engine.get.drain()
  return ok({ ...figures, since: since === null ? null : new Date(since).toISOString() })
}

/** Begins a drain. Answers when it is in force. A second request changes nothing. */
async function begin(call: Call): Promise<Answer> {
  checked(nothing, call.body ?? {}, 'body')
  await call.engine.drain(call.origin)
  return progress(call)
}

/** Ends the drain. Answers when the waiting work has been offered. */
async function cancel(call: Call): Promise<Answer> {
  await call.engine.resume(call.origin)
  return progress(call)
}

function stop({ body, stop: end }: Call): Answer {
  checked(nothing, body ?? {}, 'body')
  if (end === undefined)
    throw new ControlRefusal('NOT_STOPPABLE', '', 'this server is part of another program: stop that program instead')
  end()
  return ok({ stopping: true })
}

export const DRAIN_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/drain', run: begin, again: progress },
  { method: 'GET', path: '/drain', run: progress },
  { method: 'DELETE', path: '/drain', run: cancel, again: progress },
  { method: 'POST', path: '/stop', run: stop },
]
