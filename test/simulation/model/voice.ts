/** Agent state and calls: `user 5`, `dialog 6`. */
import type { CallView } from '../../../machines/effects.ts'
import type { LegState, UserState } from '../../../machines/wire.ts'
import { signOut, startWork, stopWork } from './medium.ts'
import { endWatchIfSignedOut, signedIn } from './presence.ts'
import type { Agent, Settled, Sheet } from './state.ts'

const CONNECTION_FAILURE = 50002
const CALL_NOT_ANSWERED = 32767
const CALL_AT_SIGN_IN = 51004
const VOICE = '1'

/** The agent is connected, or busy with a call that the agent makes (V20, V22, V25). */
const OWN_LINE: readonly LegState[] = ['ACTIVE', 'INITIATING', 'INITIATED', 'FAILED']
const CALL_FROM_READY = 50006

const isOnCall = ({ shown }: Agent): boolean => ['RESERVED', 'TALKING', 'HOLD'].includes(shown)
const isWrappingUp = (shown: UserState): boolean => shown === 'WORK' || shown === 'WORK_READY'

function tell({ agent, lines }: Sheet): void {
  const { shown, pending, reason } = agent
  const code = (shown === 'NOT_READY' || shown === 'LOGOUT') && reason !== 0 ? ` (${reason})` : ''
  lines.push(`user ${shown}${pending.state === '' ? '' : ` pending ${pending.state}`}${code}`)
}

function show(sheet: Sheet, next: UserState, always = false): void {
  const { agent } = sheet
  const news = next !== agent.shown
  agent.shown = next
  if (news || always) tell(sheet)
}

/** Sets the state that the agent has without calls. */
function be(sheet: Sheet, base: Settled, always: boolean): void {
  const { agent } = sheet
  agent.base = base
  agent.reason = base.reason
  show(sheet, base.state, always)
}

/** `user 5.6`, 5.2; ruling 32. */
function derive(sheet: Sheet): void {
  const { agent } = sheet
  const legs = [...agent.legs.values()]
  const { pending } = agent
  const asked = pending.state === 'READY' || pending.state === 'NOT_READY'
  const wanted: Settled = asked
    ? { state: asked ? readyOr(pending.state) : 'NOT_READY', reason: pending.reason }
    : agent.base
  if (legs.some((each) => OWN_LINE.includes(each))) show(sheet, 'TALKING')
  else if (legs.includes('HELD')) show(sheet, 'HOLD')
  else if (pending.state === 'LOGOUT')
    leave(sheet, pending.reason) // ruling 47: a call that rings is taken back
  else if (legs.includes('WRAP_UP')) show(sheet, wanted.state === 'READY' ? 'WORK_READY' : 'WORK')
  else if (legs.includes('ALERTING')) {
    agent.reason = agent.base.reason
    show(sheet, agent.base.state === 'READY' ? 'RESERVED' : 'NOT_READY')
  } else {
    const isNews = pending.state !== '' || wanted.reason !== agent.reason
    agent.pending = { state: '', reason: 0 }
    be(sheet, wanted, isNews)
  }
}

const readyOr = (state: string): 'READY' | 'NOT_READY' => (state === 'READY' ? 'READY' : 'NOT_READY')

function signOutOfMedia(sheet: Sheet): void {
  if (sheet.agent.directory.settings.userSignoutChannel === 'voice') return
  for (const medium of sheet.agent.media) signOut(sheet, medium) // A22, ruling 16
}

function leave(sheet: Sheet, reason: number): void {
  const { agent } = sheet
  Object.assign(agent, { signedIn: false, reason, pending: { state: '', reason: 0 } })
  agent.base = { state: 'NOT_READY', reason: 0 }
  show(sheet, 'LOGOUT')
  endWatchIfSignedOut(agent)
  signOutOfMedia(sheet)
  // Ruling 47: under LOGOUT a call interrupts nothing and does not count as unfinished work.
  agent.unfinished = agent.unfinished.filter((id) => !agent.legs.has(id))
  for (const id of agent.legs.keys()) {
    agent.outlived.add(id)
    stopWork(sheet, id)
  }
}

const refuse = ({ lines }: Sheet, failure: string) => lines.push(`error user ${failure}`)

export function signIn(sheet: Sheet, extension: string): void {
  const { agent } = sheet
  if (!agent.user.extensions.includes(extension)) return void refuse(sheet, 'INVALID_DEVICE')
  signedIn(sheet)
  if (agent.signedIn) return void tell(sheet) // 4.1: forced sign-in keeps the state
  agent.signedIn = true
  const isCalled = agent.legs.size > 0
  be(sheet, { state: 'NOT_READY', reason: isCalled ? CALL_AT_SIGN_IN : 0 }, false) // U2, U3; `user 6.3`
  if (!isCalled) return
  derive(sheet) // dialog 13
  for (const [id, leg] of agent.legs) if (leg === 'ACTIVE' || leg === 'HELD') startWork(sheet, id, VOICE)
}

export function state(
  sheet: Sheet,
  asked: 'READY' | 'NOT_READY' | 'LOGOUT' | 'WORK',
  supervisor: boolean,
  reason: number,
): void {
  const { agent } = sheet
  if (asked === 'WORK') refuse(sheet, 'INVALID_USER_STATE')
  else if (!agent.signedIn) {
    if (asked === 'READY') refuse(sheet, 'INVALID_USER_STATE')
    if (asked === 'NOT_READY') refuse(sheet, 'NOT_READY_WHILE_SIGNED_OUT')
  } else if (asked === 'LOGOUT') askedToLeave(sheet, supervisor, reason)
  else if (isWrappingUp(agent.shown))
    Object.assign(agent, { base: { state: asked, reason }, pending: { state: '', reason: 0 } })
  else if (asked === 'NOT_READY' && supervisor && (agent.shown === 'NOT_READY' || isOnCall(agent)))
    refuse(sheet, 'INVALID_USER_STATE') // 5.7
  else if (isOnCall(agent)) {
    agent.pending = { state: asked, reason }
    tell(sheet) // 5.5
  } else if (asked === 'NOT_READY' || agent.shown !== 'READY') {
    be(sheet, { state: asked, reason }, true) // U5, U6, U8
    if ([...agent.legs.values()].includes('ALERTING')) derive(sheet) // U9, ruling 32: a call rings already
  }
}

function askedToLeave(sheet: Sheet, supervisor: boolean, reason: number): void {
  const { agent } = sheet
  const talks = agent.shown === 'TALKING' || agent.shown === 'HOLD'
  if (agent.shown === 'NOT_READY' || (supervisor && !talks)) leave(sheet, reason)
  else if (!supervisor)
    refuse(sheet, 'INVALID_USER_STATE') // ruling 33
  else {
    agent.pending = { state: 'LOGOUT', reason }
    tell(sheet)
  }
}

/** A signed-in agent had no session for the whole grace period (P2, `notifications 9.2`). */
export function forcedSignOut(sheet: Sheet): void {
  const { agent } = sheet
  if (!agent.signedIn) return signOutOfMedia(sheet)
  if (agent.directory.settings.logoutOnAgentDisconnect === 1) return leave(sheet, CONNECTION_FAILURE)
  if (isOnCall(agent)) {
    agent.pending = { state: 'NOT_READY', reason: CONNECTION_FAILURE, forced: true }
    tell(sheet)
  } else {
    agent.pending = { state: '', reason: 0 }
    be(sheet, { state: 'NOT_READY', reason: CONNECTION_FAILURE }, true)
  }
  signOutOfMedia(sheet)
}

/** Required wrap-up follows a call that has ended, but not if the agent is signed out or will be (ruling 47). */
function wrapsUpIfItShould({ agent, lines }: Sheet, id: string, now: LegState): void {
  if (now !== 'WRAP_UP' && now !== 'DROPPED') return
  const { pending, signedIn, outlived } = agent
  const leaves = !signedIn || outlived.has(id) || pending.state === 'LOGOUT' || pending.forced === true
  const { wrapUpOnIncoming, wrapUpOnOutgoing } = agent.user.settings
  const came = agent.calls.get(id)?.came
  const mode = came === 'made' ? wrapUpOnOutgoing : came === 'consult' ? 'NOT_ALLOWED' : wrapUpOnIncoming
  const should = mode.startsWith('REQUIRED') && !leaves
  if (should !== (now === 'WRAP_UP')) lines.push(`call ${id} ${should ? 'wrapped up' : 'without wrap-up'}`)
}

export interface LegNews {
  readonly id: string
  readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
  readonly leg: LegState
  readonly notAnswered: boolean
  /** The call was joined with another one of the agent. */
  readonly joined?: true
  readonly call: Pick<CallView, 'state' | 'associatedDialog' | 'secondaryId'>
}

/** V32: without another call, or to consult somebody while all other calls are on hold or ring. */
function mayCall({ legs }: Agent, associated: string | undefined): boolean {
  if (associated === undefined) return legs.size === 0
  return legs.get(associated) === 'HELD' && ![...legs.values()].some((each) => OWN_LINE.includes(each))
}

/** The agent begins a call. False if that is not allowed, or the agent is signed out. */
function makes({ agent, lines }: Sheet, associated: string | undefined): boolean {
  if (!agent.signedIn || !mayCall(agent, associated)) {
    lines.push(`error ${associated === undefined ? 'user' : `call ${associated}`} CALL_OPERATION_FAILED`)
    return false
  }
  // V21
  if (agent.shown === 'READY') lines.push(`user NOT_READY (${CALL_FROM_READY})`)
  return true
}

/** `dialog 4.4`: the call on hold is joined with the active one, or with one that rings at the other party. */
export function joins({ agent, lines }: Sheet, into: string): void {
  const others = [...agent.legs].filter(([id]) => id !== into)
  const hasActive = others.some(
    ([id, leg]) => leg === 'ACTIVE' || (leg === 'INITIATED' && agent.calls.get(id)?.state === 'ALERTING'),
  )
  if (!hasActive) lines.push(`error call ${into} INVALID_CALL_ACTION`)
}

/** How the call came to the agent. A call that others are joined into has what the joined one was for the agent. */
function cameBy({ agent }: Sheet, { id, change, leg: now, call, joined }: LegNews): 'made' | 'consult' | 'in' {
  const known = agent.calls.get(id)?.came ?? (joined ? agent.calls.get(call.secondaryId ?? '')?.came : undefined)
  if (known !== undefined) return known
  if (change !== 'ADDED' || now !== 'INITIATING') return 'in'
  return call.associatedDialog === undefined ? 'made' : 'consult'
}

export function leg(sheet: Sheet, news: LegNews): void {
  const { id, change, leg: now, notAnswered, call, joined } = news
  const { agent, lines, at } = sheet
  if (change === 'ADDED' && now === 'INITIATING') {
    if (!makes(sheet, call.associatedDialog)) return
  } else if (change === 'ADDED' && !agent.signedIn && !joined) return
  // Ruling 47: a call that outlives the sign-in goes on in another one.
  if (change === 'ADDED' && (!agent.signedIn || (joined && agent.outlived.has(call.secondaryId ?? ''))))
    agent.outlived.add(id)
  agent.calls.set(id, { came: cameBy(sheet, news), state: call.state })
  if (change === 'REMOVED') {
    agent.calls.delete(id)
    agent.legs.delete(id)
    agent.outlived.delete(id)
    agent.wrapUps.delete(id)
    if (notAnswered && agent.base.state === 'READY') agent.base = { state: 'NOT_READY', reason: CALL_NOT_ANSWERED } // V10
    agent.unfinished = agent.unfinished.filter((each) => each !== id)
  } else agent.legs.set(id, now)
  if (now === 'WRAP_UP') agent.wrapUps.set(id, agent.wrapUps.get(id) ?? at + agent.user.settings.wrapUpSeconds * 1000)
  agent.wrapUpDue = agent.wrapUps.size === 0 ? null : Math.min(...agent.wrapUps.values())
  if (change === 'CHANGED') wrapsUpIfItShould(sheet, id, now)
  // V61: the other call decides.
  const isSilent = (change === 'CHANGED' && now === 'DROPPED') || (change === 'REMOVED' && joined)
  if (agent.signedIn && !isSilent) derive(sheet)
  lines.push(`${{ ADDED: '+', CHANGED: '~', REMOVED: '-' }[change]}call ${id}`)
  // Ruling 40.
  if (agent.signedIn && change !== 'REMOVED' && (now === 'ACTIVE' || now === 'HELD')) startWork(sheet, id, VOICE)
  else stopWork(sheet, id)
}

export function link(sheet: Sheet, up: boolean): void {
  const { agent, lines } = sheet
  agent.cutOff = !up
  if (!up && agent.directory.settings.fidelity === 'finesse') agent.pending = { state: '', reason: 0 }
  if (!up) return
  if (agent.signedIn) tell(sheet)
  for (const id of agent.legs.keys()) lines.push(`+call ${id}`)
}
