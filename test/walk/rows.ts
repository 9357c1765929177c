/** The oracle of the walk for media: requests, events of the ACD, deadlines and faults. */
import { OUTSIDE, type WalkInput } from './input.ts'
import {
  change,
  end,
  endAndChange,
  type Sheet,
  sayDialog,
  setRoutable,
  signOut,
  startWork,
  stopWork,
  tell,
} from './model.ts'
import { type Dialog, medium, slots } from './world.ts'

type Of<D extends WalkInput['do']> = Extract<WalkInput, { do: D }>

function mediaState(sheet: Sheet, { mrd, state }: Of<'media.state'>): void {
  const of = medium(sheet.world, mrd)
  const refuse = (why: string) => sheet.lines.push(`error media ${mrd} ${why}`)
  if (!of.signedIn)
    refuse('NOT_SIGNED_IN_TO_MEDIA') // A24
  else if (state === 'LOGOUT')
    signOut(sheet, of) // A21
  else if (state === 'ACTIVE')
    refuse('ACTION_OUT_OF_SEQUENCE') // 5.5
  else if (state === 'NOT_READY') {
    if (of.dialogs.some((dialog) => dialog.state === 'OFFERED'))
      refuse('TASK_SENT_RECENTLY') // A8
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

function routable(sheet: Sheet, { mrd, routable: asked }: Of<'media.routable'>): void {
  const of = medium(sheet.world, mrd)
  if (!of.signedIn) sheet.lines.push(`error media ${mrd} NOT_SIGNED_IN_TO_MEDIA`)
  else if (of.deferred)
    of.deferred = !asked // ruling 50: repeated or taken back, without a notification
  else if (asked === of.routable)
    sheet.lines.push(`error media ${mrd} ALREADY_IN_REQUESTED_MODE`) // A19
  else if (!asked && of.dialogs.some(({ state }) => state === 'OFFERED' || state === 'ACCEPTED')) of.deferred = true
  else change(sheet, of, () => setRoutable(of, asked))
}

function act(sheet: Sheet, { mrd, dialog: place, action, target }: Of<'act'>): void {
  const of = medium(sheet.world, mrd)
  const dialog = of.dialogs[place]
  const refuse = (why: string) => sheet.lines.push(`error task ${mrd}#${place} ${why}`)
  if (!of.signedIn) refuse('NOT_SIGNED_IN_TO_MEDIA')
  else if (of.interrupted)
    refuse('DIALOG_INTERRUPTED') // I10, ruling 9
  else if (!dialog) refuse('DIALOG_VANISHED')
  else if (action === 'TRANSFER') {
    if (sheet.rows[dialog.state].TRANSFER === undefined || dialog.transfer) refuse('ACTION_OUT_OF_SEQUENCE')
    else if (target === 'unknown')
      refuse('UNKNOWN_SCRIPT_SELECTOR') // ruling 36
    else {
      dialog.transfer = true
      sheet.lines.push(`acd resubmit TRANSFER ${dialog.id}`)
    }
  } else {
    const next = sheet.rows[dialog.state][action]
    if (next === undefined) refuse('ACTION_OUT_OF_SEQUENCE')
    else if (next === 'CLOSED')
      endAndChange(sheet, of, dialog, 'CD_NORMAL_END_TASK', 'handled') // D9
    else {
      change(sheet, of, () => {
        dialog.state = next
        sayDialog(sheet, '', dialog)
        if (action === 'ACCEPT') sheet.lines.push(`acd accepted ${dialog.id}`)
      })
      if (action === 'START' && !of.interruptible) startWork(sheet, dialog.id, mrd) // D5
    }
  }
}

function signIn(sheet: Sheet, { mrd, limit, answer, atSignOut }: Of<'media.signIn'>): void {
  const of = medium(sheet.world, mrd)
  Object.assign(of, { limit, answer, atSignOut })
  if (of.signedIn)
    sheet.lines.push(`error media ${mrd} ALREADY_SIGNED_IN_TO_MEDIA`) // A2
  else {
    Object.assign(of, { signedIn: true, wants: 'NOT_READY', routable: true })
    tell(sheet, of) // A1, ruling 38
  }
}

// -------------------------------------------------------------------------------------------- the ACD, time, faults

function offer(sheet: Sheet, { mrd }: Of<'offer'>): void {
  const of = medium(sheet.world, mrd)
  if (slots(sheet.world, of) === 0) {
    sheet.lines.push('acd refused')
    return
  }
  const dialog: Dialog = { id: `${mrd}#${of.dialogs.length}`, state: 'OFFERED', before: null, transfer: false }
  change(sheet, of, () => of.dialogs.push(dialog)) // A10, A11
  sheet.lines.push(`acd offered ${dialog.id}`)
  sayDialog(sheet, '+', dialog) // D1
}

function answer(sheet: Sheet, { mrd, dialog: place, confirmed, stale }: Of<'answer'>): void {
  const of = medium(sheet.world, mrd)
  const dialog = of.dialogs[place]
  if (!dialog) throw new Error('the walk answers transfers of open dialogs')
  if (stale || !dialog.transfer) {
    if (confirmed) sheet.lines.push(`acd cancelResubmission ${dialog.id}`)
  } else if (confirmed)
    endAndChange(sheet, of, dialog, 'CD_TASK_TRANSFER') // D10
  else {
    dialog.transfer = false // D11
    sheet.lines.push(`error task ${dialog.id} TRANSFER_REFUSED`)
  }
}

function deadline(sheet: Sheet, { mrd, dialog: place, name }: Of<'deadline'>): void {
  const of = medium(sheet.world, mrd)
  const dialog = of.dialogs[place]
  if (!dialog) throw new Error('the walk fires armed deadlines only')
  if (name === 'START_TIMEOUT') {
    const notice = sheet.world.link ? 'resubmit START_TIMEOUT' : 'ended LOST' // R3; P5
    endAndChange(sheet, of, dialog, 'CD_RING_NO_ANSWER', notice)
  } else if (name === 'MAX_TASK_DURATION')
    endAndChange(sheet, of, dialog, 'CD_MAX_DIALOG_LIFETIME_EXCEEDED', 'ended MAX_TASK_DURATION') // D16
  else if (name === 'TASK_LIFE')
    endAndChange(sheet, of, dialog, 'CD_APPLICATION_DISCONNECTED', 'ended LOST') // D19
  else {
    dialog.transfer = false
    sheet.lines.push(`error task ${dialog.id} TRANSFER_TIMED_OUT`) // D11
  }
}

function link(sheet: Sheet, up: boolean): void {
  const { world } = sheet
  world.link = up
  for (const each of world.media.filter(({ signedIn }) => signedIn)) {
    change(sheet, each, () => {
      if (!up) each.lost = { routable: each.routable } // P5
      each.routable = up ? (each.lost?.routable ?? true) : false // P7, ruling 39
      if (up) each.lost = null
    })
    if (up) for (const dialog of each.dialogs) sayDialog(sheet, '+', dialog) // `notifications 12.3`
  }
}

function gateway(sheet: Sheet, both: boolean): void {
  for (const each of sheet.world.media) {
    const open = [...each.dialogs]
    if (both)
      change(sheet, each, () => {
        for (const dialog of open) end(sheet, each, dialog, 'CD_APPLICATION_DISCONNECTED', 'ended LOST') // P11
      })
    else for (const dialog of open) if (dialog.state === 'INTERRUPTED') dialog.before = null // P9
  }
  if (both) for (const { id } of sheet.world.working.filter(({ id }) => id.includes('#'))) stopWork(sheet, id)
}

/** Applies an input to the media. Returns false if voice has to take the input, too. */
export function mediaStep(sheet: Sheet, input: WalkInput): boolean {
  switch (input.do) {
    case 'media.signIn':
      signIn(sheet, input)
      return true
    case 'media.state':
      mediaState(sheet, input)
      return true
    case 'media.routable':
      routable(sheet, input)
      return true
    case 'act':
      act(sheet, input)
      return true
    case 'offer':
      offer(sheet, input)
      return true
    case 'cancel': {
      const of = medium(sheet.world, input.mrd)
      const dialog = of.dialogs[input.dialog]
      if (dialog?.state === 'OFFERED')
        endAndChange(sheet, of, dialog, 'CD_TASK_ABANDONED_WHILE_OFFERED', 'ended ABANDONED') // D4
      return true
    }
    case 'answer':
      answer(sheet, input)
      return true
    case 'deadline':
      deadline(sheet, input)
      return true
    case 'work':
      if (input.joins) startWork(sheet, input.id, OUTSIDE)
      else stopWork(sheet, input.id)
      return true
    case 'path':
      sheet.world.path = input.up
      return true
    case 'gateway':
      gateway(sheet, input.both)
      return true
    case 'link':
      link(sheet, input.up)
      return false // for voice, too
    default:
      return false
  }
}
