/** A drain, for an upgrade: no new sign-ins and no new offers, on both sides; and the end of the server. */
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { ControlRefusal } from './refusal.ts'
import { nothing } from './requests.ts'

function progress({ engine }: Call): Answer {
  const { since, ...figures } = engine.get.drain()
  return ok({ ...figures, since: since === null ? null : new Date(since).toISOString() })
}

/** Answers when it is in force. A second one changes nothing. */
async function begin(call: Call): Promise<Answer> {
  checked(nothing, call.body ?? {}, 'body')
  await call.engine.drain(call.origin)
  return progress(call)
}

/** Answers when what waits has been offered. */
async function cancel(call: Call): Promise<Answer> {
  await call.engine.resume(call.origin)
  return progress(call)
}

function stop({ body, stop: end }: Call): Answer {
  checked(nothing, body ?? {}, 'body')
  if (end === undefined)
    throw new ControlRefusal('NOT_STOPPABLE', '', 'this server ends with the program around it, which has to be told')
  end()
  return ok({ stopping: true })
}

export const DRAIN_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/drain', run: begin },
  { method: 'GET', path: '/drain', run: progress },
  { method: 'DELETE', path: '/drain', run: cancel },
  { method: 'POST', path: '/stop', run: stop },
]
