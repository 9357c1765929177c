/** Reads from the session id of an actor its kind, user, MRD, dialog and side. */
import type { InspectedActor } from '../engine/inspection/api.ts'
import { parentOf } from '../engine/inspection/private-names.ts'
import type { ActorFacts } from './protocol.ts'

/** The MRD of voice, to which calls belong. */
const VOICE = '1'

const SESSION =
  /^(?:user\/(?<user>[^/]+)(?:\/media:(?<mrd>[^/]+)(?:\/task:(?<task>.+))?|\/presence:(?<side>[AB])|\/call:(?<told>[^/]+)(?:\/leg:(?<party>.+))?)?|call\/(?<call>[^/]+)(?:\/leg:(?<leg>.+))?|(?:voice-)?queue\/(?<queue>.+)|side\/(?<own>[AB]))$/

const isSide = (text: string | undefined): text is 'A' | 'B' => text === 'A' || text === 'B'

/** The agent of a leg; nothing for an outside party. */
const agentOfLeg = (leg: string) => (leg.startsWith('+') ? {} : { user: leg })

/** The facts about a call, or a leg of it, of which a followed Finesse tells this user. */
function factsOfTold(user: string, dialog: string, party: string | undefined): ActorFacts {
  const about = { mrd: VOICE, dialog, users: [user] }
  return party === undefined ? { kind: 'call', ...about, user } : { kind: 'leg', ...about, ...agentOfLeg(party) }
}

/** The facts in a session id; `undefined` if it has another form. */
export function factsOfSession(sessionId: string): ActorFacts | undefined {
  const { user, mrd, task, side, call, leg, told, party, queue, own } = SESSION.exec(sessionId)?.groups ?? {}
  if (user !== undefined && told !== undefined) return factsOfTold(user, told, party)
  if (call !== undefined && leg !== undefined) return { kind: 'leg', mrd: VOICE, dialog: call, ...agentOfLeg(leg) }
  if (call !== undefined) return { kind: 'call', mrd: VOICE, dialog: call }
  if (queue !== undefined) return { kind: 'queue', mrd: queue }
  if (isSide(own)) return { kind: 'side', side: own }
  if (user === undefined) return undefined
  if (isSide(side)) return { kind: 'presence', user, side }
  if (mrd === undefined) return { kind: 'user', user }
  return task === undefined ? { kind: 'media', user, mrd } : { kind: 'task', user, mrd, dialog: task }
}

/** The facts about an actor. For a call and its legs they include the agents who take part in the call. */
export function factsOf(actor: InspectedActor): ActorFacts {
  const facts = factsOfSession(actor.sessionId)
  if (!facts) throw new Error(`no actor is called ${actor.sessionId}`)
  if (facts.users) return facts
  if (facts.kind === 'leg') return { ...facts, users: agentsOn(parentOf(actor)) }
  if (facts.kind !== 'call') return facts
  const users = agentsOn(actor)
  const [first] = users
  return { ...facts, users, ...(first === undefined ? {} : { user: first }) }
}

/** The agents with a leg on a call, in the order of the legs. */
function agentsOn(call: InspectedActor | undefined): readonly string[] {
  const snapshot: object = call?.getSnapshot() ?? {}
  const context = 'context' in snapshot ? snapshot.context : undefined
  if (typeof context !== 'object' || context === null || !('legs' in context)) return []
  const legs: readonly unknown[] = Object.values(context.legs ?? {})
  return legs.flatMap((leg) =>
    typeof leg === 'object' && leg !== null && 'user' in leg && typeof leg.user === 'string' ? [leg.user] : [],
  )
}
