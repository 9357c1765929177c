/** Who sends a request of the board that changes something or shows more than the board itself. */
import type { IncomingMessage } from 'node:http'
import { signingIn } from '../../sockets/index.ts'
import type { Admitted, Gate } from '../access/gate.ts'
import { AccessRefusal } from '../access/refusal.ts'
import type { BoardViewer } from './protocol.ts'
import type { Scope } from './scope.ts'

const NAMES = { administrator: 'an administrator', supervisor: 'a supervisor', kiosk: 'a wallboard' } as const

export type BoardCaller = Admitted<Scope>

/**
 * The caller, if it has one of these roles. The origin was checked; a request with the cookie that changes something must
 * have one, which browsers send and pages of others cannot leave out.
 *
 * @throws AccessRefusal UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE
 */
export async function callerWith(
  roles: readonly BoardViewer['role'][],
  gate: Gate<Scope>,
  request: IncomingMessage,
): Promise<BoardCaller> {
  const caller = await signingIn(request.socket, gate.enter(null, request))
  const { role } = caller.grant.viewer
  if (!roles.includes(role)) throw new AccessRefusal('FORBIDDEN', caller.visitor.id, `${NAMES[role]} may not do this`)
  if (caller.signIn !== undefined && request.method !== 'GET' && request.headers.origin === undefined)
    throw new AccessRefusal('FORBIDDEN', 'Origin', 'only a page of this server may do this')
  return caller
}
