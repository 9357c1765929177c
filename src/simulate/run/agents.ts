/** Creates the agents of a world, and brings them the notifications of their nodes. */
import type { NotificationEvent } from '../../engine/events.ts'
import type { Scenario } from '../scenario/model.ts'
import { Agent } from './agent.ts'
import type { SimulatedContacts } from './contacts.ts'
import { VoiceLine } from './voice-line.ts'
import type { World } from './world.ts'

/** `first` gets every notification before the agent whose it is; its user is `''` if it belongs to nobody. */
export function createAgents(
  world: World,
  contacts: SimulatedContacts,
  first: (event: NotificationEvent, user: string) => void = () => undefined,
): readonly Agent[] {
  const { scenario, engine } = world
  const line = new VoiceLine(contacts)
  const extensions = new Map(scenario.directory.users.map(({ id, extensions: [own = ''] }) => [id, own]))
  const acting = scenario.members.filter(({ group }) => !group.scripted)
  const agents = acting.map((member) => {
    const extension = extensions.get(member.user) ?? ''
    return new Agent(member, { world, contacts, extension, freeForCall: (agent) => line.free(agent) })
  })
  const byUser = new Map(agents.map((agent) => [agent.user, agent]))
  for (const agent of agents) line.add(agent)
  engine.on('notification', (event) => {
    const user = userOf(event)
    first(event, user)
    const agent = event.shape === 'summary' ? undefined : byUser.get(user)
    if (!agent) return
    if (event.value.kind === 'user' || event.value.kind === 'call') line.settled(agent)
    agent.hear(event)
  })
  return agents
}

/** May calls of customers wait in queues of the engine? */
export const usesQueues = ({ arrivals, script, members }: Scenario): boolean =>
  arrivals.some(({ queue }) => queue !== undefined) ||
  script.some((entry) => entry.do === 'call' && entry.queue !== undefined) ||
  members.some(({ group }) => group.callTransfers.length > 0)

/** The user that a node belongs to: 1001 for `/finesse/api/User/1001/Media`; `''` for other nodes. */
function userOf({ node }: NotificationEvent): string {
  const path = '/finesse/api/User/'
  if (!node.startsWith(path)) return ''
  const end = node.indexOf('/', path.length)
  return node.slice(path.length, end < 0 ? undefined : end)
}
