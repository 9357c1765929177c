/** A medium and its dialogs: `media 4`, 8, 12. */
import type { DispositionCode, TaskAction } from '../../../machines/wire.ts'
import { endWatchIfSignedOut, signedIn } from './presence.ts'
import { type Agent, type Dialog, type Medium, ROWS, type Sheet, shownOf, slotsOf } from './state.ts'

export function mediumOf(agent: Agent, mrd: string): Medium | undefined {
  return agent.media.find((each) => each.mrd === mrd)
}

const tell = ({ lines }: Sheet, of: Medium) => lines.push(`media ${of.mrd} ${shownOf(of)} ${of.routable}`)
const refuse = ({ lines }: Sheet, about: string, failure: string) => lines.push(`error ${about} ${failure}`)
const say = ({ lines }: Sheet, sign: '+' | '~' | '-', { id, state }: Dialog, code = '') =>
  lines.push(`${sign}task ${id} ${state}${code === '' ? '' : ` ${code}`}`)

/** Changes a medium, with a notification if the shown state or mode is different then (A12). */
function change(sheet: Sheet, of: Medium, apply: () => void): void {
  const before = `${shownOf(of)} ${of.routable}`
  apply()
  if (of.dialogs.length === 0) of.interrupted = false // I11
  const waits = of.dialogs.some(({ state }) => state === 'OFFERED' || state === 'ACCEPTED')
  if (of.deferred && !waits) setRoutable(of, false) // A18
  if (before !== `${shownOf(of)} ${of.routable}`) tell(sheet, of)
}

/** While the link is lost, this sets the mode for the time after its return (ruling 39). */
function setRoutable(of: Medium, routable: boolean): void {
  if (of.lost) of.lost.routable = routable
  else of.routable = routable
  of.deferred = false
}

function end(sheet: Sheet, of: Medium, dialog: Dialog, code: DispositionCode): void {
  dialog.state = 'CLOSED'
  say(sheet, '-', dialog, code)
  of.dialogs = of.dialogs.filter((each) => each !== dialog)
  sheet.agent.unfinished = sheet.agent.unfinished.filter((id) => id !== dialog.id)
}

function endAndChange(sheet: Sheet, of: Medium, dialog: Dialog, code: DispositionCode): void {
  change(sheet, of, () => {
    end(sheet, of, dialog, code)
    if (code === 'CD_RING_NO_ANSWER') setRoutable(of, false) // R4
  })
  stopWork(sheet, dialog.id)
}

// -------------------------------------------------------------------------------------------- interrupts, 12.3

const CONCERNED: readonly string[] = ['RESERVED', 'ACTIVE', 'PAUSED', 'WORK_READY']
const INTERRUPTED_FROM: readonly string[] = ['ACTIVE', 'PAUSED', 'WRAPPING_UP']

export function startWork(sheet: Sheet, id: string, mrd: string): void {
  const { agent } = sheet
  if (agent.working.some((work) => work.id === id)) return
  if (agent.working.some((work) => work.mrd !== mrd))
    agent.unfinished = [
      ...agent.media.flatMap(({ dialogs }) => dialogs.map((each) => each.id)),
      ...(agent.signedIn ? agent.legs.keys() : []), // ruling 47: calls of a signed-out user do not count as work
    ]
  agent.working.push({ id, mrd })
  for (const of of agent.media) {
    if (!CONCERNED.includes(shownOf(of)) || !of.interruptible || of.answer === 'IGNORE') continue
    change(sheet, of, () => {
      of.interrupted = true
      for (const dialog of of.dialogs)
        if (INTERRUPTED_FROM.includes(dialog.state)) {
          dialog.before = dialog.state
          dialog.state = 'INTERRUPTED'
        }
    })
  }
}

export function stopWork(sheet: Sheet, id: string): void {
  const { agent } = sheet
  if (!agent.working.some((work) => work.id === id)) return
  agent.working = agent.working.filter((work) => work.id !== id)
  if (agent.working.length > 0) return // I6
  for (const of of agent.media)
    change(sheet, of, () => {
      if (!of.interrupted) return
      of.interrupted = false
      for (const dialog of of.dialogs.filter(({ state }) => state === 'INTERRUPTED')) {
        dialog.state = dialog.before ?? 'UNKNOWN'
        if (dialog.before === null) say(sheet, '~', dialog) // D14
        dialog.before = null
      }
    })
}

// -------------------------------------------------------------------------------------------- requests

export function signOut(sheet: Sheet, of: Medium): void {
  if (!of.signedIn) return
  const gone = [...of.dialogs]
  const code = of.atSignOut === 'TRANSFER' ? 'CD_TASK_TRANSFERRED_ON_AGENT_LOGOUT' : 'CD_AGENT_LOGGED_OUT_DURING_DIALOG'
  for (const dialog of gone) end(sheet, of, dialog, code)
  Object.assign(of, { signedIn: false, interrupted: false, deferred: false, lost: null })
  tell(sheet, of)
  endWatchIfSignedOut(sheet.agent)
  for (const dialog of gone) stopWork(sheet, dialog.id)
}

export function signIn(
  sheet: Sheet,
  of: Medium,
  settings: { readonly limit: number; readonly answer: Medium['answer']; readonly atSignOut: Medium['atSignOut'] },
): void {
  if (!of.member) return void refuse(sheet, `media ${of.mrd}`, 'NOT_A_MEMBER_OF_MEDIA') // ruling 35
  Object.assign(of, settings)
  signedIn(sheet)
  if (of.signedIn) return void refuse(sheet, `media ${of.mrd}`, 'ALREADY_SIGNED_IN_TO_MEDIA') // A2
  Object.assign(of, { signedIn: true, wants: 'NOT_READY', routable: true, deferred: false, interrupted: false })
  tell(sheet, of) // A1
}

export function mediaState(sheet: Sheet, of: Medium, state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE'): void {
  const about = `media ${of.mrd}`
  if (!of.signedIn)
    refuse(sheet, about, 'NOT_SIGNED_IN_TO_MEDIA') // A24
  else if (state === 'LOGOUT')
    signOut(sheet, of) // A21
  else if (state === 'ACTIVE') {
    if (!of.lost)
      refuse(sheet, about, 'ACTION_OUT_OF_SEQUENCE') // 5.5
    else leaveWorkState(sheet, of)
  } else if (of.lost)
    return // 4.1: only a sign-in has an effect
  else if (state === 'NOT_READY') {
    if (of.dialogs.some((dialog) => dialog.state === 'OFFERED'))
      refuse(sheet, about, 'TASK_SENT_RECENTLY') // A8
    else {
      of.wants = 'NOT_READY'
      tell(sheet, of) // A7, ruling 12
    }
  } else if (of.wants === 'NOT_READY')
    change(sheet, of, () => {
      of.wants = 'READY' // A3, A4
      setRoutable(of, true)
    })
}

export function routable(sheet: Sheet, of: Medium, asked: boolean): void {
  const refused = (failure: string) => refuse(sheet, `media ${of.mrd}`, failure)
  if (!of.signedIn) refused('NOT_SIGNED_IN_TO_MEDIA')
  else if (of.lost) refused('ACTION_OUT_OF_SEQUENCE')
  else if (of.deferred)
    of.deferred = !asked // ruling 50: no notification when it is requested again or taken back
  else if (asked === of.routable)
    refused('ALREADY_IN_REQUESTED_MODE') // A19
  else if (!asked && of.dialogs.some(({ state }) => state === 'OFFERED' || state === 'ACCEPTED')) of.deferred = true
  else change(sheet, of, () => setRoutable(of, asked))
}

export interface Asked {
  readonly dialog: string
  readonly action: TaskAction
  readonly targetKnown: boolean
}

export function act(sheet: Sheet, of: Medium, { dialog: id, action, targetKnown }: Asked): void {
  const dialog = of.dialogs.find((each) => each.id === id)
  const refused = (failure: string) => refuse(sheet, `task ${id}`, failure)
  if (!of.signedIn) refused('NOT_SIGNED_IN_TO_MEDIA')
  else if (of.interrupted)
    refused('DIALOG_INTERRUPTED') // I10, ruling 9
  else if (!dialog) refused('DIALOG_VANISHED')
  else if (dialog.state === 'INTERRUPTED')
    refused('DIALOG_INTERRUPTED') // D15
  else if (action === 'TRANSFER') transfer(sheet, dialog, targetKnown)
  else {
    const next = ROWS[dialog.state][action]
    if (next === undefined) refused('ACTION_OUT_OF_SEQUENCE')
    else if (next === 'CLOSED')
      endAndChange(sheet, of, dialog, 'CD_NORMAL_END_TASK') // D9
    else {
      change(sheet, of, () => {
        dialog.state = next
        if (next !== 'OFFERED') dialog.due.delete('START_TIMEOUT')
        say(sheet, '~', dialog)
      })
      if (action === 'START' && !of.interruptible) startWork(sheet, dialog.id, of.mrd) // D5
    }
  }
}

function transfer(sheet: Sheet, dialog: Dialog, targetKnown: boolean): void {
  const refused = (failure: string) => refuse(sheet, `task ${dialog.id}`, failure)
  if (ROWS[dialog.state].TRANSFER === undefined || dialog.transfer) refused('ACTION_OUT_OF_SEQUENCE')
  else if (!targetKnown)
    refused('UNKNOWN_SCRIPT_SELECTOR') // ruling 36
  else {
    dialog.transfer = true
    dialog.transfersEver += 1
    dialog.due.set('TRANSFER_TIMEOUT', sheet.at + sheet.agent.directory.settings.transferTimeoutSeconds * 1000)
  }
}

// -------------------------------------------------------------------------------------------- the ACD

/** `id` is the id of the dialog, if the offer makes one. */
export function offer(
  sheet: Sheet,
  of: Medium,
  given: { readonly offer: string; readonly task: string },
  id: string,
): void {
  const { agent, at } = sheet
  if (agent.said.has(given.offer) || slotsOf(agent, of) === 0) return
  agent.said.add(given.offer)
  const due = new Map([
    ['START_TIMEOUT', at + of.startMs],
    ['MAX_TASK_DURATION', at + of.maxMs],
  ])
  const dialog: Dialog = {
    id,
    task: given.task,
    state: 'OFFERED',
    before: null,
    transfer: false,
    transfersEver: 0,
    due,
  }
  change(sheet, of, () => of.dialogs.push(dialog)) // A10, A11
  say(sheet, '+', dialog) // D1
}

export function cancel(sheet: Sheet, of: Medium, task: string): void {
  for (const dialog of of.dialogs.filter((each) => each.task === task && each.state === 'OFFERED'))
    endAndChange(sheet, of, dialog, 'CD_TASK_ABANDONED_WHILE_OFFERED') // D4
}

export function answer(sheet: Sheet, of: Medium, id: string, attempt: number | null, confirmed: boolean): void {
  const dialog = of.dialogs.find((each) => each.id === id)
  if (!dialog?.transfer || (attempt !== null && attempt !== dialog.transfersEver)) return
  if (confirmed) return endAndChange(sheet, of, dialog, 'CD_TASK_TRANSFER') // D10
  dialog.transfer = false // D11
  dialog.due.delete('TRANSFER_TIMEOUT')
  refuse(sheet, `task ${id}`, 'TRANSFER_REFUSED')
}

// -------------------------------------------------------------------------------------------- time and faults

export function deadline(sheet: Sheet, of: Medium, dialog: Dialog, name: string): void {
  dialog.due.delete(name)
  if (name === 'START_TIMEOUT')
    endAndChange(sheet, of, dialog, 'CD_RING_NO_ANSWER') // R2
  else if (name === 'MAX_TASK_DURATION')
    endAndChange(sheet, of, dialog, 'CD_MAX_DIALOG_LIFETIME_EXCEEDED') // D16
  else if (name === 'TASK_LIFE')
    endAndChange(sheet, of, dialog, 'CD_APPLICATION_DISCONNECTED') // D19
  else {
    dialog.transfer = false
    refuse(sheet, `task ${dialog.id}`, 'TRANSFER_TIMED_OUT') // D11
  }
}

function leaveWorkState(sheet: Sheet, of: Medium): void {
  change(sheet, of, () => {
    of.routable = of.lost?.routable ?? of.routable
    of.lost = null
  })
}

export function loseLink(sheet: Sheet, of: Medium): void {
  if (!of.signedIn || of.lost) return
  change(sheet, of, () => {
    of.lost = { routable: of.routable }
    of.routable = false
  })
}

export function regainLink(sheet: Sheet, of: Medium): void {
  if (!of.signedIn || !of.lost) return
  if (sheet.agent.directory.settings.autoWorkModeStateChange) leaveWorkState(sheet, of) // P7
  for (const dialog of of.dialogs) say(sheet, '+', dialog) // `notifications 12.3`
}

export function path(sheet: Sheet, up: boolean): void {
  const { agent, at } = sheet
  agent.pathUp = up
  for (const of of agent.media)
    for (const { due } of of.dialogs)
      if (up) due.delete('TASK_LIFE')
      else due.set('TASK_LIFE', at + of.lifeMs)
}

export function gateway(sheet: Sheet, both: boolean): void {
  for (const of of sheet.agent.media) {
    const open = [...of.dialogs]
    // P11 ends the dialogs. P9: the state from before an interrupt is lost.
    if (both) for (const dialog of open) endAndChange(sheet, of, dialog, 'CD_APPLICATION_DISCONNECTED')
    else for (const dialog of open) if (dialog.state === 'INTERRUPTED') dialog.before = null
  }
}
