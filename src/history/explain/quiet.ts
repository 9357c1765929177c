/** Inputs that changed nothing and said nothing, and why that is right. */
import type { RuleId } from '../../../machines/index.ts'
import type { Input } from '../../engine/input.ts'
import type { Reason } from './explanation.ts'
import type { Picture } from './picture.ts'

const reason = (rule: RuleId | '', text: string): Reason => ({ rule, text })

export function quietReason(input: Input, before: Picture | undefined): Reason {
  switch (input.kind) {
    case 'user':
      return eventReason(input.event, before)
    case 'message':
    case 'acd': {
      const { type } = input.kind === 'message' ? input.body : input.event
      if (type === 'customerCancels')
        return reason('D4', 'the task is not offered any more: it was accepted, or is gone')
      if (type === 'offer') return reason('D1', 'this offer had been made before')
      return reason('D10', 'this had been said before')
    }
    case 'configuredUser':
      return reason('', 'settings as they were, or such as nobody sees')
    case 'awaited':
      return reason('notifications 9.1', 'the state is as before; only what is undelivered waits')
    case 'heard':
      return reason('notifications 5.4', 'the state is as before; nothing waits for the agent any more')
    case 'notBack':
      return reason('notifications 5.4', 'the state is as before; nothing waits for the agent any more')
    default:
      return reason('', 'nothing of it shows')
  }
}

function eventReason(event: Extract<Input, { kind: 'user' }>['event'], before: Picture | undefined): Reason {
  switch (event.type) {
    case 'MEDIA_STATE': {
      const { state } = before?.media[event.mrd]?.view ?? { state: 'LOGOUT' }
      if (state === 'WORK_NOT_READY') return reason('media 4.1', 'ignored while the link to the ACD is down')
      if (event.state === 'READY' && state === 'READY') return reason('A5', 'the agent was READY already')
      if (event.state === 'READY')
        return reason('A6', `ignored: the state ${state} follows from the dialogs (ruling 11)`)
      return reason('', 'it was so already')
    }
    case 'READY':
      return reason('user 5.2', 'the agent was READY already')
    case 'PRESENCE':
      return reason('notifications 9.1', 'the session was counted already, or nobody counted it')
    case 'SERVICE_LOST':
    case 'SERVICE_BACK':
    case 'SESSIONS_LOST':
      return reason('notifications 9.1', 'the agent had no presence there')
    case 'LINK_LOST':
    case 'LINK_BACK':
    case 'PATH_LOST':
    case 'PATH_BACK':
    case 'PERIPHERAL_LOST':
      return reason('P5', 'nothing of this agent depended on it')
    case 'USER_EVENT':
    case 'MEDIA_EVENT':
    case 'TASK_EVENT':
      return reason('user 5.1', 'it was so already')
    default:
      return reason('', 'nothing changed')
  }
}
