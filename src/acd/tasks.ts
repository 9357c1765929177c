/** Tasks of the built-in ACD. */
import { lookup } from '../directory/index.ts'
import type { KnownCommand } from '../engine/answers/once.ts'
import type { Engine } from '../engine/api.ts'
import type { AcdTaskState } from '../engine/values.ts'
import { checked } from './json.ts'
import { type Answer, builtIn, type Call, created, type Operation, ok } from './operation.ts'
import { pageHeaders } from './pages.ts'
import { ControlRefusal } from './refusal.ts'
import { newTask, taskFilter } from './requests.ts'
import { taskView } from './views.ts'
import { waitingView } from './waiting.ts'

async function submit({ engine, origin, body }: Call): Promise<Answer> {
  const { scriptSelector, mrdId, variables, agentId, keepAgent } = checked(newTask, body, 'body')
  const acd = builtIn(engine)
  checkMrd(engine, mrdId)
  // A selector belongs to one MRD; the ACD itself refuses an unknown one.
  const mrd = mrdId ?? lookup(engine.get.directory()).mrdBySelector(scriptSelector)?.id ?? ''
  const { id, state } = await acd.submitTask({ scriptSelector, mrd, variables, agentId, keepAgent }, origin)
  return made(id, state)
}

const made = (id: string, state: AcdTaskState | null) => created({ id, state }, `/tasks/${id}`)

const submittedAgain = ({ engine }: Call, { made: id = '' }: KnownCommand) =>
  made(id, builtIn(engine).task(id)?.state ?? null)

function checkMrd(engine: Engine, id: string | undefined): void {
  if (id === undefined || lookup(engine.get.directory()).mrd(id) !== undefined) return
  throw new ControlRefusal('INVALID_PARAMETER', 'mrdId', `there is no MRD ${id}`)
}

/** The newest tasks. A longer list has pages: the header `Link` has the address of the next one, with older tasks. */
function list({ engine, query }: Call): Answer {
  const { state, mrdId, limit, before } = checked(taskFilter, query, 'query')
  checkMrd(engine, mrdId)
  const { tasks, total, hasMore } = builtIn(engine).newestTasks({ state, mrd: mrdId, limit, before })
  const [oldest] = tasks
  const next =
    hasMore && oldest ? { state, mrdId, limit: String(limit), before: `${oldest.queuedAt}.${oldest.id}` } : undefined
  return { ...ok(tasks.map(taskView)), headers: pageHeaders(total, next) }
}

function show({ engine, param }: Call): Answer {
  const task = builtIn(engine).task(param('id'))
  if (task === undefined) throw new ControlRefusal('UNKNOWN_TASK', 'id', `there is no task ${param('id')}`)
  const view = taskView(task)
  if (task.state !== 'queued') return ok(view)
  return ok({ ...view, waiting: waitingView(engine, { queue: task.mrd, agent: task.pinnedTo }) })
}

async function abandon({ engine, origin, param }: Call): Promise<Answer> {
  return ok(taskView(await builtIn(engine).abandonTask(param('id'), origin)))
}

function abandonedAgain({ engine, param }: Call): Answer {
  const id = param('id')
  const task = builtIn(engine).task(id)
  if (task === undefined) return ok({ id })
  if (task.state !== 'abandoned')
    throw new ControlRefusal('TASK_NOT_OPEN', 'id', `task ${id} is with agent ${task.agentId ?? ''} already`)
  return ok(taskView(task))
}

export const TASK_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/tasks', run: submit, again: submittedAgain },
  { method: 'GET', path: '/tasks', takesQuery: true, run: list },
  { method: 'GET', path: '/tasks/:id', run: show },
  { method: 'DELETE', path: '/tasks/:id', run: abandon, again: abandonedAgain },
]
