/**
 * The oracle of the walk: the behaviour of one agent by `media 4`, 8 and 12, as a reducer over plain data. It shares no
 * code with the machines. This file has common functions, `rows.ts` the inputs of media, `voice.ts` the agent state.
 */
import type { DispositionCode, TaskAction, TaskState } from '../../machines/wire.ts'
import { type Dialog, type Medium, shown, type World } from './world.ts'

/** A world during a step, and the effects of the step so far. */
export interface Sheet {
  readonly world: World
  readonly lines: string[]
  /** The table of actions. A test of the walk makes it wrong. */
  readonly rows: Rows
}

/** The new state of a dialog after an action. An action without a cell is refused (ruling 14). */
export type Rows = Readonly<Record<TaskState, Readonly<Partial<Record<TaskAction, TaskState>>>>>

export const ROWS: Rows = {
  OFFERED: { ACCEPT: 'ACCEPTED' },
  ACCEPTED: { START: 'ACTIVE', CLOSE: 'CLOSED', TRANSFER: 'CLOSED' },
  ACTIVE: { PAUSE: 'PAUSED', WRAP_UP: 'WRAPPING_UP', CLOSE: 'CLOSED', TRANSFER: 'CLOSED' },
  PAUSED: { RESUME: 'ACTIVE', WRAP_UP: 'WRAPPING_UP', CLOSE: 'CLOSED', TRANSFER: 'CLOSED' },
  WRAPPING_UP: { PAUSE: 'PAUSED', RESUME: 'ACTIVE', CLOSE: 'CLOSED' },
  INTERRUPTED: {},
  UNKNOWN: { CLOSE: 'CLOSED' },
  CLOSED: {},
}

/** Changes a medium. The change is published if it is visible (A12). */
export function change(sheet: Sheet, of: Medium, apply: () => void): void {
  const before = `${shown(of)} ${of.routable}`
  apply()
  if (of.dialogs.length === 0) of.interrupted = false // I11
  const waits = of.dialogs.some(({ state }) => state === 'OFFERED' || state === 'ACCEPTED')
  if (of.deferred && !waits) setRoutable(of, false) // A18
  if (before !== `${shown(of)} ${of.routable}`) tell(sheet, of)
}

export const tell = ({ lines }: Sheet, of: Medium): number =>
  lines.push(`media ${of.mrd} ${shown(of)} ${of.routable ? 'routable' : 'not routable'}`)

/** Sets the mode. While the link is lost it is the mode after the return of the link (ruling 39, RV2). */
export function setRoutable(of: Medium, routable: boolean): void {
  if (of.lost) of.lost.routable = routable
  else of.routable = routable
  of.deferred = false
}

export const sayDialog = ({ lines }: Sheet, sign: '+' | '' | '-', { id, state }: Dialog, code = ''): number =>
  lines.push(`${sign}task ${id} ${state}${code === '' ? '' : ` ${code}`}`)

/** One dialog ends: D3, D4, D9, D10, D16-D19. `notice` is for the ACD. */
export function end(sheet: Sheet, of: Medium, dialog: Dialog, code: DispositionCode, notice?: string): void {
  dialog.state = 'CLOSED'
  sayDialog(sheet, '-', dialog, code)
  if (notice !== undefined) sheet.lines.push(`acd ${notice} ${dialog.id}`)
  of.dialogs = of.dialogs.filter((each) => each !== dialog)
  sheet.world.unfinished = sheet.world.unfinished.filter((id) => id !== dialog.id)
}

export const endAndChange = (
  sheet: Sheet,
  of: Medium,
  dialog: Dialog,
  code: DispositionCode,
  notice?: string,
): void => {
  change(sheet, of, () => {
    end(sheet, of, dialog, code, notice)
    if (code === 'CD_RING_NO_ANSWER') setRoutable(of, false) // R4
  })
  stopWork(sheet, dialog.id)
}

// -------------------------------------------------------------------------------------------- interrupts, 12.3

export function startWork(sheet: Sheet, id: string, mrd: string): void {
  const { world } = sheet
  if (world.working.some((work) => work.id === id)) return
  if (world.working.some((work) => work.mrd !== mrd)) {
    const open = world.media.flatMap((each) => each.dialogs.map((dialog) => dialog.id))
    world.unfinished = world.voice.signedIn ? [...open, ...Object.keys(world.voice.legs)] : open // 4.5, ruling 47
  }
  world.working.push({ id, mrd })
  for (const each of world.media) {
    const state = shown(each)
    const concerned = state === 'RESERVED' || state === 'ACTIVE' || state === 'PAUSED' || state === 'WORK_READY'
    if (!concerned || !each.interruptible || each.answer === 'IGNORE') continue
    change(sheet, each, () => {
      each.interrupted = true
      for (const dialog of each.dialogs)
        if (dialog.state === 'ACTIVE' || dialog.state === 'PAUSED' || dialog.state === 'WRAPPING_UP') {
          dialog.before = dialog.state
          dialog.state = 'INTERRUPTED'
        }
    })
  }
}

export function stopWork(sheet: Sheet, id: string): void {
  const { world } = sheet
  if (!world.working.some((work) => work.id === id)) return
  world.working = world.working.filter((work) => work.id !== id)
  if (world.working.length > 0) return // I6
  for (const each of world.media)
    change(sheet, each, () => {
      each.interrupted = false
      for (const dialog of each.dialogs.filter(({ state }) => state === 'INTERRUPTED')) {
        dialog.state = dialog.before ?? 'UNKNOWN'
        if (dialog.before === null) sayDialog(sheet, '', dialog) // D14
        dialog.before = null
      }
    })
}

// -------------------------------------------------------------------------------------------- sign-out, 12.5

export function signOut(sheet: Sheet, of: Medium): void {
  if (!of.signedIn) return
  const gone = [...of.dialogs]
  const transfers = of.atSignOut === 'TRANSFER'
  const code = transfers ? 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT' : 'CD_AGENT_LOGGED_OUT_DURING_DIALOG'
  const notice = transfers ? (sheet.world.link ? 'resubmit SIGN_OUT' : 'ended LOST') : 'handled'
  for (const dialog of gone) end(sheet, of, dialog, code, notice)
  of.signedIn = false
  of.interrupted = false
  of.deferred = false
  of.lost = null
  tell(sheet, of)
  for (const dialog of gone) stopWork(sheet, dialog.id)
}
