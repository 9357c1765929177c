/** Converts a user event of the followed Finesse to an event of the user machine. */
import type { Directory } from '../../directory/model.ts'
import { asReason } from '../aggregate/user/setup.ts'
import type { UserEventInput } from '../api.ts'
import type { UserInputEvent } from '../input.ts'

export function followed(event: UserEventInput, directory: Directory): UserInputEvent {
  if (event.kind === 'media') {
    const { mrd, state, routable } = event
    return { type: 'MEDIA_EVENT', mrd, state, ...(routable === undefined ? {} : { routable }) }
  }
  if (event.kind === 'task') {
    const { mrd, dialog, state, variables } = event
    return { type: 'TASK_EVENT', mrd, dialog, state, ...(variables === undefined ? {} : { variables }) }
  }
  const { state, extension, reasonCodeId } = event
  const code = directory.reasonCodes.find((each) => each.id === reasonCodeId)
  const reason = code ? asReason(code) : null
  return { type: 'USER_EVENT', state, reason, ...(extension === undefined ? {} : { extension }) }
}
