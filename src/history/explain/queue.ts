/** Explains why the contacts of a queue wait: what each of its agents does, from the history in the store. */
import type { OfferRefusal } from '../../../machines/effects.ts'
import type { Eligibility } from '../../../machines/index.ts'
import { VOICE } from '../../../machines/user/model.ts'
import type { Behaviour } from '../../engine/aggregate/behaviour.ts'
import { QueueBehaviour } from '../../engine/aggregate/queue/behaviour.ts'
import { delaysOf } from '../../engine/aggregate/queue/sharing.ts'
import { mrdOfTask } from '../../engine/aggregate/queue/tasks.ts'
import { UserBehaviour } from '../../engine/aggregate/user/behaviour.ts'
import { VoiceQueueBehaviour } from '../../engine/aggregate/voice-queue/behaviour.ts'
import type { History } from '../../engine/ports.ts'
import { counted } from '../../engine/statistics/staffing.ts'
import { preventedWords, staffingText } from '../../engine/statistics/staffing-text.ts'
import type { AcdTaskState } from '../../engine/values.ts'
import { type Reader, textWithTimes, timeText } from '../../times/index.ts'
import { ExplainError } from './question.ts'
import { behaviourAt } from './trace.ts'

export interface QueueQuestion {
  /** A nonvoice MRD or a queue of calls. With `task`, that of the task. */
  readonly queue?: string | undefined
  /** A task of the built-in ACD. */
  readonly task?: string | undefined
  /** The moment, in milliseconds since 1970 UTC. The end of the history when left out. */
  readonly at?: number | undefined
}

/** An agent of the queue. */
export interface QueueAgent {
  readonly id: string
  readonly name: string
  /** Why the agent may not get a contact of the queue; `null` if one may come. */
  readonly prevented: OfferRefusal | null
  /** MRDs of the work that holds the agent. */
  readonly heldBy: readonly string[]
}

export interface QueueExplanation {
  readonly queue: { readonly id: string; readonly name: string }
  readonly at: number
  readonly waiting: number
  readonly oldestQueuedAt: number | null
  /** In one sentence. */
  readonly why: string
  readonly agents: readonly QueueAgent[]
  /** The task of the question. `ahead`: tasks that are offered before it. */
  readonly task: AskedTask | null
  /** Names of MRDs by their ids. */
  readonly names: Readonly<Record<string, string>>
}

interface AskedTask {
  readonly id: string
  readonly state: AcdTaskState
  readonly queuedAt: number
  readonly ahead: number | null
  /** The only agent who may get it; `''` for any. */
  readonly pinnedTo: string
  readonly agent: string
}

/** Rejects with ExplainError if there is no such queue or task. */
export async function explainQueue(history: History, { queue, task, at }: QueueQuestion): Promise<QueueExplanation> {
  const id = task === undefined ? (queue ?? '') : mrdOfTask(task)
  const until = { time: at ?? Number.POSITIVE_INFINITY, position: history.lastPosition }
  const now = at ?? (await history.row(until.position))?.at ?? 0
  const state = (name: string) => behaviourAt(history, name, until)
  const found = (await state(`queue/${id}`)) ?? (await state(`voice-queue/${id}`))
  if (!(found instanceof QueueBehaviour || found instanceof VoiceQueueBehaviour))
    throw task === undefined
      ? new ExplainError('UNKNOWN_QUEUE', 'queue', `there was no queue ${id} at ${timeText(now)}`)
      : new ExplainError('UNKNOWN_TASK', 'task', `there was no task ${task} at ${timeText(now)}`)
  const users = await usersOf(history, state)
  const delays = delaysOf(found.setup)
  const names = namesOf(users)
  const agents = users.flatMap((user) => agentIn(user, id, found) ?? [])
  const asked = task === undefined ? null : askedTask(found, task, now)
  const concerned = asked?.pinnedTo ? agents.filter((agent) => agent.id === asked.pinnedTo) : agents
  const { waiting, oldestQueuedAt } = found instanceof QueueBehaviour ? found.tasks.figures : found.figures
  // A task for one agent does not wait for the stage of that agent.
  const awaited = asked?.pinnedTo ? concerned : concerned.map((agent) => ({ ...agent, afterMs: delays.get(agent.id) }))
  const staffing = { ...counted(awaited), isDraining: found instanceof QueueBehaviour && found.isDraining }
  return {
    queue: { id, name: found instanceof QueueBehaviour ? (names[id] ?? id) : found.setup.name },
    at: now,
    waiting,
    oldestQueuedAt,
    why: staffingText(staffing, (mrd) => names[mrd] ?? mrd),
    agents: concerned,
    task: asked,
    names,
  }
}

type StateOf = (name: string) => Promise<Behaviour | undefined>

async function usersOf(history: History, stateOf: StateOf): Promise<readonly UserBehaviour[]> {
  const users: UserBehaviour[] = []
  for (const { name, ended } of await history.aggregates()) {
    const user = ended || !name.startsWith('user/') ? undefined : await stateOf(name)
    if (user instanceof UserBehaviour && user.isConfigured) users.push(user)
  }
  return users
}

/** The names that the users' setups have. */
const namesOf = (users: readonly UserBehaviour[]): Readonly<Record<string, string>> => ({
  [VOICE]: 'Voice',
  ...Object.fromEntries(users.flatMap(({ setup }) => setup.mrds.map(({ id, name }) => [id, name] as const))),
})

function agentIn({ setup, eligibility }: UserBehaviour, id: string, queue: Behaviour): QueueAgent | undefined {
  const { profile, queues } = setup
  const isMember = queue instanceof QueueBehaviour || queues?.some((each) => each.id === id)
  const own: Eligibility | undefined = eligibility[queue instanceof QueueBehaviour ? id : VOICE]
  if (!isMember || own === undefined) return undefined
  return { id: profile.id, name: `${profile.firstName} ${profile.lastName}`.trim(), ...own }
}

function askedTask(queue: Behaviour, id: string, at: number): AskedTask {
  const tasks = queue instanceof QueueBehaviour ? queue.tasks : undefined
  const task = tasks?.get(id)
  if (tasks === undefined || task === undefined)
    throw new ExplainError('UNKNOWN_TASK', 'task', `there was no task ${id} at ${timeText(at)}, or it ended long ago`)
  const place = [...tasks.waiting()].findIndex((each) => each.id === id)
  const { state, queuedAt, agentId, offeredTo } = task
  return { id, state, queuedAt, ahead: place < 0 ? null : place, pinnedTo: agentId, agent: offeredTo }
}

// ------------------------------------------------------------------------------------------------ text

/** Agents of a group that are named. */
const NAMED = 12

/** The explanation as text, which ends with a line break. */
export function queueExplanationText(explanation: QueueExplanation, reader: Reader = {}): string {
  const { queue, at, waiting, oldestQueuedAt, why, agents, names, task } = explanation
  return textWithTimes(at, reader, (tell) => {
    const since = oldestQueuedAt === null ? '' : `, the oldest since ${tell(oldestQueuedAt)}`
    const lines = [
      `${queue.name} (${queue.id}) at ${tell(at, 'always')}`,
      '',
      ...(task === null ? [] : [taskLine(task, tell(task.queuedAt)), '']),
      `Waiting: ${waiting}${since}.`,
      `Agents: ${why}.`,
      '',
      ...groupLines(agents, (mrd) => names[mrd] ?? mrd),
      '',
      'More about an agent: mrdian explain USER',
    ]
    return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`
  })
}

function taskLine({ id, state, ahead, pinnedTo, agent }: AskedTask, since: string): string {
  const only = pinnedTo === '' ? '' : `, only for agent ${pinnedTo}`
  if (ahead !== null)
    return `Task ${id} has waited since ${since}${only}; ${ahead === 0 ? 'it is the next one' : `${ahead} ${ahead === 1 ? 'task is' : 'tasks are'} ahead of it`}.`
  if (state === 'reserved') return `Task ${id} of ${since} is offered to agent ${agent}, or with that agent.`
  return `Task ${id} of ${since} is over: ${state}.`
}

function groupLines(agents: readonly QueueAgent[], nameOf: (mrd: string) => string): readonly string[] {
  const groups = new Map<string, QueueAgent[]>()
  for (const agent of agents) {
    const { prevented: why, heldBy } = agent
    const words = why === null ? 'free' : preventedWords({ why, heldBy }, nameOf)
    groups.set(words, [...(groups.get(words) ?? []), agent])
  }
  const all = [...groups].sort(([, a], [, b]) => b.length - a.length)
  const width = Math.max(0, ...all.map(([words]) => words.length))
  return all.map(([words, of]) => {
    const named = of.slice(0, NAMED).map(({ id, name }) => `${id} ${name}`.trim())
    const more = of.length > NAMED ? `, and ${of.length - NAMED} more` : ''
    return `  ${String(of.length).padStart(5)} ${words.padEnd(width)}  ${named.join(', ')}${more}`
  })
}
