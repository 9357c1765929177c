/** The oracle of the walk, beside media: agent state and one call, from `user.md` 5 and `dialog.md` 6. */
import type { UserState } from '../../machines/wire.ts'
import { CALL, OUTSIDE, type WalkInput } from './input.ts'
import { ROWS, type Rows, type Sheet, signOut, startWork, stopWork } from './model.ts'
import { mediaStep } from './rows.ts'
import type { Voice, World } from './world.ts'

export interface Outcome {
  readonly world: World
  /** What happens outside, one line each; the order is not the model's business. */
  readonly lines: readonly string[]
}

const CONNECTION_FAILURE = 50002
const CALL_NOT_ANSWERED = 32767
const VOICE = '1'

/** `user.md` 5.2, 5.6; ruling 32. */
function derived(voice: Voice): UserState {
  const wants = voice.pending === '' ? voice.base : voice.pending
  if (!voice.signedIn) return 'LOGOUT'
  switch (voice.leg) {
    case null:
      return voice.base
    case 'ACTIVE':
      return 'TALKING'
    case 'HELD':
      return 'HOLD'
    case 'WRAP_UP':
      return wants === 'READY' ? 'WORK_READY' : 'WORK'
    case 'ALERTING':
      return voice.base === 'READY' ? 'RESERVED' : 'NOT_READY'
    default:
      return voice.shown // V5: the state waits for V7
  }
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

function userState(sheet: Sheet, state: 'READY' | 'NOT_READY' | 'LOGOUT'): void {
  const { voice, media } = sheet.world
  if (state === 'LOGOUT') {
    if (!voice.signedIn)
      sheet.lines.push('rejected ALREADY_SIGNED_OUT') // ruling 34
    else if (voice.shown !== 'NOT_READY')
      sheet.lines.push('error user INVALID_USER_STATE') // U4, ruling 33
    else {
      voice.signedIn = false
      voice.pending = ''
      voice.reason = 0
      show(sheet)
      for (const medium of media) signOut(sheet, medium) // A22, ruling 16
    }
  } else if (!voice.signedIn)
    sheet.lines.push(`error user ${state === 'READY' ? 'INVALID_USER_STATE' : 'NOT_READY_WHILE_SIGNED_OUT'}`)
  else if (isOnCall(voice)) {
    voice.pending = state // 5.5
    voice.pendingReason = 0
    show(sheet, true)
  } else if (isWrappingUp(voice)) {
    Object.assign(voice, { base: state, reason: 0, pending: '' })
    sheet.lines.push('wrap-up over')
  } else if (state !== 'READY' || voice.base !== 'READY') {
    Object.assign(voice, { base: state, reason: 0 })
    show(sheet, true) // U5, U6, U8
  }
}

function leg(sheet: Sheet, input: Extract<WalkInput, { do: 'leg' }>): void {
  const { voice } = sheet.world
  if (input.change === 'ADDED' && !voice.signedIn) {
    sheet.lines.push('leg refused')
    return
  }
  if (input.change === 'REMOVED') {
    voice.leg = null
    if (input.rona && voice.base === 'READY') Object.assign(voice, { base: 'NOT_READY', reason: CALL_NOT_ANSWERED }) // V10
    if (voice.pending !== '') Object.assign(voice, { base: voice.pending, reason: voice.pendingReason, pending: '' })
    sheet.world.unfinished = sheet.world.unfinished.filter((id) => id !== 'call')
  } else voice.leg = input.leg
  show(sheet)
  sheet.lines.push(input.change === 'ADDED' ? '+call' : input.change === 'REMOVED' ? '-call' : 'call')
  // Ruling 40.
  if (voice.leg === 'ACTIVE' || voice.leg === 'HELD') startWork(sheet, CALL, VOICE)
  else stopWork(sheet, CALL)
}

/** The presence of a signed-in agent was gone for the length of the grace period (P2, LOAD 0). */
function forcedSignOut(sheet: Sheet): void {
  const { voice, media } = sheet.world
  if (voice.signedIn && isOnCall(voice)) {
    Object.assign(voice, { pending: 'NOT_READY', pendingReason: CONNECTION_FAILURE })
    tell(sheet) // 5.5: a pending state is a trigger
  } else if (voice.signedIn) {
    if (voice.leg === 'WRAP_UP') sheet.lines.push('wrap-up over')
    Object.assign(voice, { base: 'NOT_READY', reason: CONNECTION_FAILURE, pending: '', shown: 'NOT_READY' })
    tell(sheet)
  }
  for (const medium of media) signOut(sheet, medium)
}

function voiceStep(sheet: Sheet, input: WalkInput): void {
  const { world } = sheet
  const { voice } = world
  const someone = voice.signedIn || world.media.some((medium) => medium.signedIn)
  switch (input.do) {
    case 'user.signIn':
      if (!voice.signedIn) Object.assign(voice, { signedIn: true, base: 'NOT_READY', reason: 0 })
      show(sheet, true)
      return
    case 'user.state':
      userState(sheet, input.state)
      return
    case 'leg':
      leg(sheet, input)
      return
    case 'wrapUpTimeout':
      sheet.lines.push('wrap-up over')
      return
    case 'presence':
      // Nobody is watched while the side is cut off (`notifications.md` 9.1).
      world.grace = !input.available && world.present && someone && world.link
      world.present = input.available
      return
    case 'graceOver':
      if (world.grace) forcedSignOut(sheet)
      world.grace = false
      return
    case 'link':
      voice.pending = input.up ? voice.pending : ''
      if (input.up && voice.signedIn) tell(sheet)
      if (input.up && voice.leg !== null) sheet.lines.push('+call')
      return
    default:
      throw new Error(`the model has no row for ${input.do}`)
  }
}

/** Numbers the open dialogs, and the work from outside, anew, oldest first, as the walk does with those of the product. */
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

/** One input, by the tables. `rows` may be changed to see whether the walk notices. */
export function modelStep(before: World, input: WalkInput, rows: Rows = ROWS): Outcome {
  const world = structuredClone(before)
  const sheet: Sheet = { world, lines: [], rows }
  if (!mediaStep(sheet, input)) voiceStep(sheet, input)
  renumber(world)
  return { world, lines: sheet.lines }
}
