/** The statistics of queues (`dialog 8`), from the state of the queues and of their agents. */
import { type MediaState, mediaState } from '../../../machines/index.ts'
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { NamedQueueValue, QueueStatistics } from '../values.ts'
import { type Activity, type AgentAtWork, activityIn, atWork, MEDIA_ACTIVITY } from './activity.ts'

/** What waits in a queue. */
interface Waiting {
  readonly waiting: number
  readonly oldestQueuedAt: number | null
}

/** An agent of a queue: signed in or not, and the number in which the agent counts. */
interface Counted {
  readonly isLoggedOn: boolean
  readonly activity: Activity | undefined
}

const AWAY: Counted = { isLoggedOn: false, activity: undefined }

/** `waits`: `undefined` if an external ACD has the queue. */
function statistics(waits: Waiting | undefined, agents: readonly Counted[]): QueueStatistics {
  const isStaffed = agents.length > 0
  const count = (counts: (agent: Counted) => boolean) => (isStaffed ? agents.filter(counts).length : -1)
  const doing = (activity: Activity) => count((agent) => agent.activity === activity)
  return {
    callsInQueue: isStaffed ? (waits?.waiting ?? -1) : -1,
    startTimeOfLongestCallInQueue: isStaffed ? (waits?.oldestQueuedAt ?? null) : null,
    agentsReady: doing('agentsReady'),
    agentsNotReady: doing('agentsNotReady'),
    agentsBusyOther: doing('agentsBusyOther'),
    agentsLoggedOn: count(({ isLoggedOn }) => isLoggedOn),
    agentsTalkingInbound: doing('agentsTalkingInbound'),
    agentsTalkingOutbound: doing('agentsTalkingOutbound'),
    agentsTalkingInternal: doing('agentsTalkingInternal'),
    agentsWrapUpNotReady: doing('agentsWrapUpNotReady'),
    agentsWrapUpReady: doing('agentsWrapUpReady'),
  }
}

const inCalls = (queue: string, agent: AgentAtWork): Counted => ({
  isLoggedOn: agent.state !== 'LOGOUT',
  activity: activityIn(queue, agent),
})

const inTasks = (state: MediaState): Counted => ({
  isLoggedOn: state !== 'LOGOUT',
  activity: MEDIA_ACTIVITY[state],
})

/** The queues at one moment. An agent of several queues is looked at once. */
export class QueuesNow {
  readonly #aggregates: Aggregates
  readonly #directory: Directory
  readonly #agents = new Map<string, AgentAtWork>()

  constructor(aggregates: Aggregates, directory: Directory) {
    this.#aggregates = aggregates
    this.#directory = directory
  }

  /** All queues: those of MRDs, then those of calls, in the order of the directory. */
  all(): readonly NamedQueueValue[] {
    const { mediaRoutingDomains, queues = [] } = this.#directory
    return [...mediaRoutingDomains, ...queues].flatMap(({ id }) => this.queue(id) ?? [])
  }

  queue(id: string): NamedQueueValue | undefined {
    const { mediaRoutingDomains, queues = [] } = this.#directory
    const mrd = mediaRoutingDomains.find((each) => each.id === id && id !== VOICE_MRD)
    if (mrd) return { kind: 'queue', id, name: mrd.name, statistics: this.#ofMrd(id) }
    const queue = queues.find((each) => each.id === id)
    return queue && { kind: 'queue', id, name: queue.name, statistics: this.#ofCalls(id, queue.agents) }
  }

  #ofCalls(queue: string, agents: readonly string[]): QueueStatistics {
    const counted = agents.map((id) => {
      const agent = this.#agent(id)
      return agent ? inCalls(queue, agent) : AWAY
    })
    return statistics(this.#aggregates.voiceQueue(queue)?.figures, counted)
  }

  #ofMrd(mrd: string): QueueStatistics {
    const members = this.#directory.users.filter(({ mediaRoutingDomains }) => mediaRoutingDomains.includes(mrd))
    const counted = members.map(({ id }) => {
      const medium = this.#aggregates.user(id)?.snapshot.context.media[mrd]
      return medium ? inTasks(mediaState(medium.getSnapshot())) : AWAY
    })
    return statistics(this.#aggregates.queue(mrd)?.tasks.figures, counted)
  }

  #agent(id: string): AgentAtWork | undefined {
    const known = this.#agents.get(id)
    if (known) return known
    const user = this.#aggregates.user(id)
    const agent = user && atWork(user)
    if (agent) this.#agents.set(id, agent)
    return agent
  }
}
