/** Presence of one agent and the watch over it: `notifications 9`. */
import { type Agent, type Sheet, shownOf } from './state.ts'

export const isSignedIn = (agent: Agent): boolean =>
  agent.signedIn || agent.media.some((medium) => shownOf(medium) !== 'LOGOUT')

const isWatched = (agent: Agent): boolean => isSignedIn(agent) && !agent.cutOff

function enter(agent: Agent, presence: Agent['presence'], at = 0): void {
  agent.presence = presence
  if (presence !== 'PRESENT') agent.sessions = []
  agent.graceDue = presence === 'GRACE' ? at + agent.directory.settings.presenceGraceSeconds * 1000 : null
}

/** A session became available or unavailable. Only the end of the last session changes the presence. */
export function told({ agent, at }: Sheet, session: string, available: boolean): void {
  if (available) {
    const others = agent.sessions.filter((each) => each !== session)
    enter(agent, 'PRESENT')
    agent.sessions = [...others, session]
  } else if (agent.presence === 'PRESENT' && agent.sessions.includes(session)) {
    agent.sessions = agent.sessions.filter((each) => each !== session)
    if (agent.sessions.length === 0) enter(agent, isWatched(agent) ? 'GRACE' : 'ABSENT', at)
  }
}

export function serviceLost({ agent }: Sheet): void {
  if (agent.presence === 'PRESENT' || agent.presence === 'GRACE') enter(agent, 'UNKNOWN')
}

export function serviceBack({ agent, at }: Sheet): void {
  if (agent.presence === 'UNKNOWN') enter(agent, isWatched(agent) ? 'GRACE' : 'ABSENT', at)
}

/** A sign-in without a session starts the grace period if presence is required (9.1). */
export function signedIn({ agent, at }: Sheet): void {
  const isRequired = agent.directory.settings.requirePresenceAfterSignIn && !agent.cutOff
  if (isRequired && agent.presence === 'ABSENT') enter(agent, 'GRACE', at)
}

/** While the side is out of service, no grace period runs. */
export function outOfService({ agent }: Sheet): void {
  if (agent.presence === 'GRACE') enter(agent, 'ABSENT')
}

export function graceOver({ agent }: Sheet): void {
  enter(agent, 'ABSENT')
}

export function endWatchIfSignedOut(agent: Agent): void {
  if (!isSignedIn(agent) && agent.presence !== 'PRESENT') enter(agent, 'ABSENT')
}
