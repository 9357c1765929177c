/** Converts a user event of the followed Finesse to an event of the user machine. */
import { MEDIA_STATES, TASK_STATES, USER_STATES } from '../../../machines/wire.ts'
import type { Directory } from '../../directory/model.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { asReason } from '../aggregate/user/setup.ts'
import type { UserEventInput } from '../api.ts'
import type { UserInputEvent } from '../input.ts'

/** Checks a user event at run time, because a caller may not use the types. @throws InvalidArgument */
export function checkUserEvent(event: UserEventInput): void {
  const states = typeof event === 'object' && event !== null ? statesOf(event) : undefined
  if (!states) throw new InvalidArgument('a user event has one of these kinds: user, media, task')
  if (!states.includes(event.state)) throw new InvalidArgument(`a ${event.kind} has no state ${String(event.state)}`)
}

function statesOf({ kind }: UserEventInput): readonly string[] | undefined {
  switch (kind) {
    case 'user':
      return USER_STATES
    case 'media':
      return MEDIA_STATES
    case 'task':
      return TASK_STATES
    default:
      return undefined
  }
}

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
  const reason = event.reason ?? (code ? asReason(code) : null)
  return { type: 'USER_EVENT', state, reason, ...(extension === undefined ? {} : { extension }) }
}
