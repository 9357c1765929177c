/**
 * The sequential model of one agent: it takes inputs in the order of the journal and gives for each the expected
 * notifications. It is written from the contract and shares nothing with the machines.
 */
import type { Directory, User } from '../../../src/directory/model.ts'
import type { Input, Message, UserInputEvent } from '../../../src/engine/input.ts'
import * as medium from './medium.ts'
import * as presence from './presence.ts'
import { type Agent, moveBack, newAgent, type Sheet } from './state.ts'
import * as voice from './voice.ts'

export class AgentModel {
  readonly agent: Agent

  constructor(directory: Directory, user: User) {
    this.agent = newAgent(directory, user)
  }

  /** The notifications that this input must cause, as lines. `newDialog` is the id of a dialog that begins with it. */
  take(input: Input, at: number, newDialog: string): readonly string[] {
    const sheet: Sheet = { agent: this.agent, at, lines: [] }
    if (input.kind === 'user') request(sheet, input.event)
    else if (input.kind === 'acd') message(sheet, input.event, newDialog)
    else if (input.kind === 'message') message(sheet, input.body, newDialog)
    else if (input.kind === 'clockSetBack') moveBack(this.agent, input.by)
    else if (input.kind === 'deadline') deadline(sheet, input.owner, input.name)
    return sheet.lines
  }
}

function request(sheet: Sheet, event: UserInputEvent): void {
  const { agent } = sheet
  const code = 'reason' in event ? (event.reason?.code ?? 0) : 0
  const supervisor = 'supervisor' in event && event.supervisor
  switch (event.type) {
    case 'SIGN_IN':
      return voice.signIn(sheet, event.extension)
    case 'READY':
    case 'NOT_READY':
    case 'WORK':
      return voice.state(sheet, event.type, supervisor, code)
    case 'SIGN_OUT':
      return voice.state(sheet, 'LOGOUT', supervisor, code)
    case 'PRESENCE':
      return presence.told(sheet, event.session, event.available)
    case 'SERVICE_LOST':
      return presence.serviceLost(sheet)
    case 'SERVICE_BACK':
      return presence.serviceBack(sheet)
    case 'LINK_LOST':
      voice.link(sheet, false)
      presence.outOfService(sheet)
      for (const each of agent.media) medium.loseLink(sheet, each) // P5
      return
    case 'LINK_BACK':
      voice.link(sheet, true)
      for (const each of agent.media) medium.regainLink(sheet, each) // P7
      return
    case 'PATH_LOST':
    case 'PATH_BACK':
      return medium.path(sheet, event.type === 'PATH_BACK')
    case 'PERIPHERAL_LOST':
      return medium.gateway(sheet, event.both)
    default:
      return toMedium(sheet, event)
  }
}

function toMedium(sheet: Sheet, event: UserInputEvent): void {
  const of = 'mrd' in event ? medium.mediumOf(sheet.agent, event.mrd) : undefined
  if (!of) return
  if (event.type === 'MEDIA_SIGN_IN') {
    const { maxDialogLimit: limit, interruptAction: answer, dialogLogoutAction: atSignOut } = event
    medium.signIn(sheet, of, { limit, answer, atSignOut })
  } else if (event.type === 'MEDIA_STATE') medium.mediaState(sheet, of, event.state)
  else if (event.type === 'MEDIA_ROUTABLE') medium.routable(sheet, of, event.routable)
  else if (event.type === 'DIALOG_ACTION') medium.act(sheet, of, event)
}

function message(sheet: Sheet, body: Message, newDialog: string): void {
  const { agent, lines } = sheet
  switch (body.type) {
    case 'leg':
      return voice.leg(sheet, { id: body.call.dialog, ...body })
    case 'joins':
      return voice.joins(sheet, body.dialog)
    case 'legFailed':
      lines.push(`error call ${body.dialog} ${body.failure}`)
      return
    case 'customerCancels':
      for (const of of agent.media) medium.cancel(sheet, of, body.task)
      return
  }
  const of = 'mrd' in body ? medium.mediumOf(agent, body.mrd) : undefined
  if (!of) return
  if (body.type === 'offer') medium.offer(sheet, of, { offer: body.offer, task: body.task.id }, newDialog)
  else if (body.type === 'resubmitted') medium.answer(sheet, of, body.dialog, body.attempt, true)
  else if (body.type === 'resubmissionRefused') medium.answer(sheet, of, body.dialog, body.attempt, false)
}

function deadline(sheet: Sheet, owner: string, name: string): void {
  const { agent } = sheet
  if (owner === 'user') {
    agent.wrapUpDue = null // the call answers, and that ends the wrap-up
    return
  }
  if (name === 'PRESENCE_GRACE_OVER') {
    presence.graceOver(sheet)
    voice.forcedSignOut(sheet) // P2
    return
  }
  for (const of of agent.media) {
    const dialog = of.dialogs.find((each) => each.id === owner)
    if (dialog) return medium.deadline(sheet, of, dialog, name)
  }
}
