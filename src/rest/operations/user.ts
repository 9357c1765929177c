/** Operations on users (`user 4`). */
import type { Command } from '../../engine/commands.ts'
import type { UserValue } from '../../engine/values.ts'
import { readUserRequest, renderUser, type UserRequest, userList } from '../../finesse/index.ts'
import { inSlices } from '../../http/index.ts'
import { administratorOnly, changeableUser, readableUser } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply, submit, understood } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

function change(call: Call): Promise<Reply> {
  const { user, by } = changeableUser(call)
  const request = understood(readUserRequest(call.body(), call.engine.get.directory().platform))
  return submit(call, by === 'self' ? ownCommand(user, request) : supervisorCommand(user, request))
}

function ownCommand(user: UserValue, request: UserRequest): Command {
  if (request.type === 'signIn') {
    const { extension, mobileAgent } = request
    return { type: 'user.signIn', user: user.id, extension, ...(mobileAgent === undefined ? {} : { mobileAgent }) }
  }
  const { state, reasonCodeId } = request
  return {
    type: 'user.setState',
    user: user.id,
    state,
    by: 'self',
    ...(reasonCodeId === undefined ? {} : { reasonCodeId }),
  }
}

// The engine sets the reason of a supervisor's change itself, so the request must not have one (`user 5.7`).
function supervisorCommand(user: UserValue, request: UserRequest): Command {
  if (request.type === 'signIn' || request.state === 'WORK' || request.state === 'WORK_READY') {
    throw new RestRefusal('TARGET_STATE_NOT_ALLOWED', 'state')
  }
  if (request.reasonCodeId !== undefined) throw new RestRefusal('INVALID_INPUT', 'reasonCodeId')
  return { type: 'user.setState', user: user.id, state: request.state, by: 'supervisor' }
}

export const USER_OPERATIONS: readonly Operation[] = [
  {
    access: 'caller',
    method: 'GET',
    path: '/User/:id',
    run: (call) => found(renderUser(readableUser(call, true))),
  },
  { access: 'caller', method: 'PUT', path: '/User/:id', run: change },
  {
    access: 'caller',
    method: 'GET',
    path: '/Users',
    run: async (call) => {
      administratorOnly(call)
      const { get } = call.engine
      const rendered = await inSlices(get.directory().users, ({ id }) => {
        // The directory may have been replaced since the list began.
        const user = get.user(id, call.side)
        return user === undefined ? '' : renderUser(user)
      })
      return found(userList(rendered))
    },
  },
]
