/** Calls of the built-in ACD, on the caller's side. Agents control their calls through the Finesse Dialog API. */
import { checked } from './json.ts'
import { type Answer, builtIn, type Call, created, type Operation, ok } from './operation.ts'
import { pageOf } from './pages.ts'
import { ControlRefusal } from './refusal.ts'
import { callAction, newCall } from './requests.ts'
import { callView } from './views.ts'
import { waitingView } from './waiting.ts'

async function submit({ engine, origin, body }: Call): Promise<Answer> {
  const { id } = await builtIn(engine).submitCall(checked(newCall, body, 'body'), origin)
  return made(id)
}

const made = (id: string) => created({ id }, `/calls/${id}`)

const list = (call: Call): Answer => pageOf(call, builtIn(call.engine).calls(), ({ id }) => id, callView)

function show({ engine, param }: Call): Answer {
  const call = builtIn(engine).call(param('id'))
  if (call === undefined) throw new ControlRefusal('UNKNOWN_CALL', 'id', `there is no call ${param('id')}`)
  const view = callView(call)
  if (call.queue?.outcome !== 'WAITING') return ok(view)
  return ok({ ...view, waiting: waitingView(engine, { queue: call.queue.number }) })
}

async function act({ engine, origin, param, body }: Call): Promise<Answer> {
  // HANGUP is the only action so far.
  checked(callAction, body, 'body')
  return ok(callView(await builtIn(engine).hangUp(param('id'), origin)))
}

/** After a start, calls that are over are not known any more. */
function actedAgain({ engine, param }: Call): Answer {
  const call = builtIn(engine).call(param('id'))
  return ok(call ? callView(call) : { id: param('id') })
}

export const CALL_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/calls', run: submit, again: (_, { made: id = '' }) => made(id) },
  { method: 'GET', path: '/calls', takesQuery: true, run: list },
  { method: 'GET', path: '/calls/:id', run: show },
  { method: 'POST', path: '/calls/:id', run: act, again: actedAgain },
]
