/** The oracle of the walk for voice: agent state and calls, from `user 5` and `dialog 6`. */
import type { UserState } from '../../machines/wire.ts'
import { OUTSIDE, type WalkInput } from './input.ts'
import { ROWS, type Rows, type Sheet, signOut, startWork, stopWork } from './model.ts'
import { mediaStep } from './rows.ts'
import type { CallId, Voice, World } from './world.ts'

export interface Outcome {
  readonly world: World
  /** The effects, one line each. Their order is not defined. */
  readonly lines: readonly string[]
}

const CONNECTION_FAILURE = 50002
const CALL_NOT_ANSWERED = 32767
const CALL_AT_SIGN_IN = 51004
const REMOVED = 20002
const VOICE = '1'

/** The agent state that follows from the legs: `user 5.2`, 5.6; `dialog 13`; rulings 32, 47. */
function derived(voice: Voice): UserState {
  const wants = voice.pending === '' ? voice.base : voice.pending
  const legs = Object.values(voice.legs)
  if (!voice.signedIn) return 'LOGOUT'
  if (legs.includes('ACTIVE')) return 'TALKING'
  if (legs.includes('HELD')) return 'HOLD'
  if (legs.includes('WRAP_UP')) return wants === 'READY' ? 'WORK_READY' : 'WORK'
  if (legs.includes('ALERTING')) return voice.base === 'READY' ? 'RESERVED' : 'NOT_READY'
  return voice.base
}

function tell({ lines, world: { voice } }: Sheet): void {
  const reason = voice.shown === 'NOT_READY' || voice.shown === 'LOGOUT' ? voice.reason : 0
  const pending = voice.pending === '' ? '' : ` pending ${voice.pending}`
  lines.push(`user ${voice.shown}${pending}${reason === 0 ? '' : ` (${reason})`}`)
}

function show(sheet: Sheet, always = false): void {
  const { voice } = sheet.world
  const next = derived(voice)
  const news = next !== voice.shown
  voice.shown = next
  if (news || always) tell(sheet)
}

const isOnCall = ({ shown }: Voice): boolean => shown === 'RESERVED' || shown === 'TALKING' || shown === 'HOLD'
const isWrappingUp = ({ shown }: Voice): boolean => shown === 'WORK' || shown === 'WORK_READY'

/** True if a sign-out is pending, or a state by force. Then calls end without wrap-up (ruling 47). */
const leaves = ({ pending, forced }: Voice): boolean => pending === 'LOGOUT' || forced

function decide(sheet: Sheet, change: Partial<Pick<Voice, 'pending' | 'pendingReason' | 'forced'>>): void {
  const { voice } = sheet.world
  const before = leaves(voice)
  Object.assign(voice, { forced: false, pendingReason: 0 }, change)
  if (leaves(voice) === before) return
  for (const call of callsOf(voice)) {
    sheet.lines.push(`${call} ${before ? 'stays' : 'leaves'}`)
    if (before) voice.leaving = voice.leaving.filter((each) => each !== call)
    else leavesWith(voice, call)
  }
}

const callsOf = ({ legs }: Voice): readonly CallId[] => (['77', '78'] as const).filter((call) => call in legs)

/** The agent leaves with the end of this call. A wrap-up ends now. */
function leavesWith(voice: Voice, call: CallId): void {
  if (!voice.leaving.includes(call)) voice.leaving.push(call)
  voice.leaving.sort()
  if (voice.legs[call] === 'WRAP_UP') voice.ending.push(call)
}

function wrapUpIsOver({ lines, world: { voice } }: Sheet): void {
  for (const call of callsOf(voice))
    if (voice.legs[call] === 'WRAP_UP') {
      lines.push(`${call} wrap-up over`)
      voice.ending.push(call)
    }
}

/** Every sign-out (ruling 47), also from the media (ruling 16). */
function signsOut(sheet: Sheet, reason: number): void {
  const { world } = sheet
  const { voice } = world
  Object.assign(voice, { signedIn: false, pending: '', pendingReason: 0, forced: false, reason, base: 'NOT_READY' })
  show(sheet)
  const calls = callsOf(voice)
  for (const call of calls) {
    sheet.lines.push(`${call} signed out`)
    leavesWith(voice, call)
    if (voice.legs[call] === 'ALERTING') voice.ending.push(call)
  }
  for (const medium of world.media) signOut(sheet, medium) // A22, ruling 16
  world.unfinished = world.unfinished.filter((id) => !calls.some((call) => call === id))
  for (const call of calls) stopWork(sheet, call)
}

function userState(sheet: Sheet, { state, by }: Extract<WalkInput, { do: 'user.state' }>): void {
  const { voice } = sheet.world
  const supervisor = by === 'supervisor'
  const talks = voice.shown === 'TALKING' || voice.shown === 'HOLD'
  const refuse = (failure: string) => sheet.lines.push(`error user ${failure}`)
  if (!voice.signedIn) {
    if (state === 'LOGOUT')
      sheet.lines.push('rejected ALREADY_SIGNED_OUT') // ruling 34
    else refuse(state === 'READY' ? 'INVALID_USER_STATE' : 'NOT_READY_WHILE_SIGNED_OUT')
  } else if (state === 'LOGOUT') {
    if (voice.shown === 'NOT_READY' || (supervisor && !talks))
      signsOut(sheet, 0) // U4, 5.7
    else if (!supervisor)
      refuse('INVALID_USER_STATE') // ruling 33
    else {
      decide(sheet, { pending: state }) // 5.5
      show(sheet, true)
    }
  } else if (supervisor && state === 'NOT_READY' && (isOnCall(voice) || voice.shown === 'NOT_READY'))
    refuse('INVALID_USER_STATE') // 5.7
  else if (isOnCall(voice)) {
    decide(sheet, { pending: state }) // 5.5
    show(sheet, true)
  } else if (isWrappingUp(voice)) {
    Object.assign(voice, { base: state, reason: 0, pending: '' })
    wrapUpIsOver(sheet)
  } else if (state !== 'READY' || voice.shown !== 'READY') {
    Object.assign(voice, { base: state, reason: 0, shown: state })
    tell(sheet) // U5, U6, U8
    show(sheet) // U9, ruling 32: a call may ring already
  }
}

function leg(sheet: Sheet, { call, change, leg: now, rona }: Extract<WalkInput, { do: 'leg' }>): void {
  const { world } = sheet
  const { voice } = world
  if (change === 'ADDED' && !voice.signedIn) {
    sheet.lines.push(`${call} refused`)
    return
  }
  if (change === 'REMOVED') {
    delete voice.legs[call]
    voice.leaving = voice.leaving.filter((each) => each !== call)
    voice.ending = voice.ending.filter((each) => each !== call)
    if (rona && voice.signedIn && voice.base === 'READY')
      Object.assign(voice, { base: 'NOT_READY', reason: CALL_NOT_ANSWERED }) // V10
    world.unfinished = world.unfinished.filter((id) => id !== call)
  } else voice.legs = Object.fromEntries(Object.entries({ ...voice.legs, [call]: now }).sort())
  if (change === 'ADDED' && leaves(voice)) {
    sheet.lines.push(`${call} leaves`)
    leavesWith(voice, call)
  }
  if (voice.signedIn && now !== 'DROPPED') after(sheet)
  else if (voice.signedIn && change === 'REMOVED') after(sheet)
  sheet.lines.push(`${{ ADDED: '+', CHANGED: '', REMOVED: '-' }[change]}call ${call}`)
  // Ruling 40.
  if (voice.signedIn && (now === 'ACTIVE' || now === 'HELD')) startWork(sheet, call, VOICE)
  else stopWork(sheet, call)
}

/** The consequences of a change of the legs for the agent state. */
function after(sheet: Sheet): void {
  const { voice } = sheet.world
  const legs = Object.values(voice.legs)
  const talks = legs.includes('ACTIVE') || legs.includes('HELD')
  if (!talks && voice.pending === 'LOGOUT') return signsOut(sheet, voice.pendingReason)
  const isNews = legs.length === 0 && voice.pending !== ''
  if (isNews) {
    const { pending: base, pendingReason: reason } = voice
    Object.assign(voice, { base, reason, pending: '', pendingReason: 0, forced: false })
  }
  show(sheet, isNews)
}

/** The grace period of a signed-in agent is over (P2, `notifications 9.2`). */
function forcedSignOut(sheet: Sheet, load: 0 | 1): void {
  const { voice, media } = sheet.world
  if (voice.signedIn && load === 1) return signsOut(sheet, CONNECTION_FAILURE)
  if (voice.signedIn && isOnCall(voice)) {
    decide(sheet, { pending: 'NOT_READY', pendingReason: CONNECTION_FAILURE, forced: true })
    tell(sheet) // 5.5: a pending state is a trigger
  } else if (voice.signedIn) {
    wrapUpIsOver(sheet)
    Object.assign(voice, { base: 'NOT_READY', reason: CONNECTION_FAILURE, pending: '', shown: 'NOT_READY' })
    tell(sheet)
  }
  for (const medium of media) signOut(sheet, medium)
}

function signIn(sheet: Sheet): void {
  const { voice } = sheet.world
  if (voice.signedIn) return show(sheet, true)
  const calls = callsOf(voice)
  Object.assign(voice, { signedIn: true, base: 'NOT_READY', reason: calls.length > 0 ? CALL_AT_SIGN_IN : 0 })
  voice.shown = 'NOT_READY' // U3
  tell(sheet)
  show(sheet)
  for (const call of calls)
    if (voice.legs[call] === 'ACTIVE' || voice.legs[call] === 'HELD') startWork(sheet, call, VOICE)
}

function voiceStep(sheet: Sheet, input: WalkInput, load: 0 | 1): void {
  const { world } = sheet
  const { voice } = world
  const someone = voice.signedIn || world.media.some((medium) => medium.signedIn)
  switch (input.do) {
    case 'user.signIn':
      signIn(sheet)
      return
    case 'user.state':
      userState(sheet, input)
      return
    case 'user.removed':
      if (voice.signedIn) signsOut(sheet, REMOVED)
      else for (const medium of world.media) signOut(sheet, medium)
      Object.assign(world, { present: false, grace: false })
      return
    case 'leg':
      leg(sheet, input)
      return
    case 'wrapUpTimeout':
      wrapUpIsOver(sheet)
      return
    case 'presence':
      // There is no grace period while the link is lost (`notifications 9.1`).
      world.grace = !input.available && world.present && someone && world.link
      world.present = input.available
      return
    case 'graceOver':
      if (world.grace) forcedSignOut(sheet, load)
      world.grace = false
      return
    case 'link':
      if (!input.up) decide(sheet, { pending: '' })
      if (input.up && voice.signedIn) tell(sheet)
      if (input.up) for (const call of callsOf(voice)) sheet.lines.push(`+call ${call}`)
      return
    default:
      throw new Error(`the model has no row for ${input.do}`)
  }
}

/** Gives open dialogs and the work of another MRD the same new names as `canonical` in `product.ts`. */
function renumber(world: World): void {
  const names = new Map<string, string>()
  for (const medium of world.media)
    medium.dialogs.forEach((dialog, place) => {
      names.set(dialog.id, `${medium.mrd}#${place}`)
    })
  world.working
    .filter((work) => work.mrd === OUTSIDE)
    .forEach((work, place) => {
      names.set(work.id, `w${place + 1}`)
    })
  const renamed = (id: string) => names.get(id) ?? id
  for (const medium of world.media) for (const dialog of medium.dialogs) dialog.id = renamed(dialog.id)
  for (const work of world.working) work.id = renamed(work.id)
  world.unfinished = world.unfinished.map(renamed)
}

/** Applies one input. A test gives wrong `rows` to see that the walk notices it. `load` is LOAD. */
export function modelStep(before: World, input: WalkInput, rows: Rows = ROWS, load: 0 | 1 = 0): Outcome {
  const world = structuredClone(before)
  const sheet: Sheet = { world, lines: [], rows }
  if (!mediaStep(sheet, input)) voiceStep(sheet, input, load)
  renumber(world)
  return { world, lines: sheet.lines }
}
