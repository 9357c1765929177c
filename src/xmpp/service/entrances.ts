import { randomBytes } from 'node:crypto'
import type { Accounts } from '../../accounts/api.ts'
import { verifyPasswordOrToken } from '../../accounts/bearer.ts'
import { isSameSecret } from '../../accounts/same-secret.ts'
import { GATEWAY_ACCOUNT } from './account.ts'
import { localPartOf } from './jid.ts'
import type { Limits } from './limits.ts'
import type { Entrance } from './stream.ts'

/**
 * Entrance for users and administrators. The account `finesse` cannot sign in here, even if the directory has it.
 * `accounts`: those of the moment. `idOf`: the id of the user with this id or login name.
 */
export function clientEntrance(
  accounts: () => Accounts,
  limits: Limits,
  idOf: (name: string) => string = (name) => name,
): Entrance {
  return {
    name: 'client',
    connections: limits.connections,
    writeBufferBytes: limits.writeBufferBytes,
    authenticate: async (name, password, source) => {
      const signedIn = await verifyPasswordOrToken(accounts(), [name, password], source, idOf)
      if (signedIn === undefined) return undefined
      const { principal, byToken } = signedIn
      const local = localPartOf(principal.id)
      return local === GATEWAY_ACCOUNT ? undefined : { id: principal.id, local, kind: principal.kind, byToken }
    },
  }
}

/** Most connections of the gateway. One is in use; a new one may come before the loss of the old one is noticed. */
export const GATEWAY_CONNECTIONS = 8

/** A random password for the gateway, valid for one run of the process. */
export function newGatewaySecret(): string {
  return randomBytes(32).toString('hex')
}

/** Entrance for the gateway alone. */
export function gatewayEntrance(secret: string, limits: Limits): Entrance {
  return {
    name: 'gateway',
    connections: GATEWAY_CONNECTIONS,
    writeBufferBytes: limits.gatewayWriteBufferBytes,
    authenticate: async (name, password) => {
      const matches = isSameSecret(password, secret)
      if (!matches || name.toLowerCase() !== GATEWAY_ACCOUNT) return undefined
      return { id: GATEWAY_ACCOUNT, local: GATEWAY_ACCOUNT, kind: 'gateway' }
    },
  }
}
