/** Reads from the session id of an actor its kind, user, MRD, dialog and side. */
import type { InspectedActor } from '../engine/inspection/api.ts'
import type { ActorFacts } from './protocol.ts'

/** The MRD of voice, to which calls belong. */
const VOICE = '1'

const SESSION =
  /^(?:user\/(?<user>[^/]+)(?:\/media:(?<mrd>[^/]+)(?:\/task:(?<task>.+))?|\/presence:(?<side>[AB]))?|call\/(?<call>[^/]+)(?:\/leg:(?<leg>.+))?|(?:voice-)?queue\/(?<queue>.+)|side\/(?<own>[AB]))$/

const isSide = (text: string | undefined): text is 'A' | 'B' => text === 'A' || text === 'B'

/** The agent of a leg; nothing for an outside party. */
const agentOfLeg = (leg: string) => (leg.startsWith('+') ? {} : { user: leg })

/** The facts in a session id; `undefined` if it has another form. */
export function factsOfSession(sessionId: string): ActorFacts | undefined {
  const { user, mrd, task, side, call, leg, queue, own } = SESSION.exec(sessionId)?.groups ?? {}
  if (call !== undefined && leg !== undefined) return { kind: 'leg', mrd: VOICE, dialog: call, ...agentOfLeg(leg) }
  if (call !== undefined) return { kind: 'call', mrd: VOICE, dialog: call }
  if (queue !== undefined) return { kind: 'queue', mrd: queue }
  if (isSide(own)) return { kind: 'side', side: own }
  if (user === undefined) return undefined
  if (isSide(side)) return { kind: 'presence', user, side }
  if (mrd === undefined) return { kind: 'user', user }
  return task === undefined ? { kind: 'media', user, mrd } : { kind: 'task', user, mrd, dialog: task }
}

/** The facts about an actor. For a call they include the first agent who takes part. */
export function factsOf(actor: InspectedActor): ActorFacts {
  const facts = factsOfSession(actor.sessionId)
  if (!facts) throw new Error(`no actor is called ${actor.sessionId}`)
  if (facts.kind !== 'call') return facts
  const user = agentOn(actor.getSnapshot())
  return user === undefined ? facts : { ...facts, user }
}

function agentOn(snapshot: object): string | undefined {
  const context = 'context' in snapshot ? snapshot.context : undefined
  if (typeof context !== 'object' || context === null || !('legs' in context)) return undefined
  const legs: readonly unknown[] = Object.values(context.legs ?? {})
  for (const leg of legs)
    if (typeof leg === 'object' && leg !== null && 'user' in leg && typeof leg.user === 'string') return leg.user
  return undefined
}
