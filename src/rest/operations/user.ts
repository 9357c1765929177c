/** Operations on users (`user 4`). */
import type { Command } from '../../engine/commands.ts'
import type { UserValue } from '../../engine/values.ts'
import { readUserRequest, renderUser, type UserRequest, userList } from '../../finesse/index.ts'
import { inSlices } from '../../http/index.ts'
import { authorise, authorisedUser } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply, submit, understood } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

function change(call: Call): Promise<Reply> {
  const { user, relation } = authorisedUser(call)
  const request = understood(readUserRequest(call.body(), call.engine.get.directory().platform))
  if (request.type === 'signIn') return signIn(call, request)
  return submit(call, relation === 'own' ? ownCommand(user, request) : supervisorCommand(user, request))
}

type SignIn = Extract<UserRequest, { type: 'signIn' }>
type StateChange = Exclude<UserRequest, SignIn>

function signIn(call: Call, { extension, mobileAgent }: SignIn): Promise<Reply> {
  const { user } = authorisedUser(call, { action: 'LOGIN' })
  const mobile = mobileAgent === undefined ? {} : { mobileAgent }
  return submit(call, { type: 'user.signIn', user: user.id, extension, ...mobile })
}

function ownCommand(user: UserValue, { state, reasonCodeId }: StateChange): Command {
  return {
    type: 'user.setState',
    user: user.id,
    state,
    by: 'self',
    ...(reasonCodeId === undefined ? {} : { reasonCodeId }),
  }
}

// The engine sets the reason of a supervisor's change itself, so the request must not have one (`user 5.7`).
function supervisorCommand(user: UserValue, { state, reasonCodeId }: StateChange): Command {
  if (state === 'WORK' || state === 'WORK_READY') throw new RestRefusal('TARGET_STATE_NOT_ALLOWED', 'state')
  if (reasonCodeId !== undefined) throw new RestRefusal('INVALID_INPUT', 'reasonCodeId')
  return { type: 'user.setState', user: user.id, state, by: 'supervisor' }
}

export const USER_OPERATIONS: readonly Operation[] = [
  {
    access: 'caller',
    method: 'GET',
    path: '/User/:id',
    run: (call) => found(renderUser(authorisedUser(call, { loginNames: true }).user)),
  },
  { access: 'caller', method: 'PUT', path: '/User/:id', run: change },
  {
    access: 'caller',
    method: 'GET',
    path: '/Users',
    run: async (call) => {
      authorise(call)
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
