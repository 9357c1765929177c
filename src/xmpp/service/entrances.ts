import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Accounts } from '../../accounts/api.ts'
import { GATEWAY_ACCOUNT } from './account.ts'
import { localPartOf } from './jid.ts'
import type { Limits } from './limits.ts'
import type { Entrance } from './stream.ts'

/** The way in for users and administrators. The account `finesse` is nobody's here, whatever the directory says. */
export function clientEntrance(accounts: Accounts, limits: Limits): Entrance {
  return {
    name: 'client',
    connections: limits.connections,
    writeBufferBytes: limits.writeBufferBytes,
    authenticate: async (name, password, source) => {
      const principal = await accounts.verify(name, password, source)
      if (principal === undefined) return undefined
      const local = localPartOf(principal.id)
      return local === GATEWAY_ACCOUNT ? undefined : { id: principal.id, local, kind: principal.kind }
    },
  }
}

/** One is in use; another may come before the first is known to be gone. */
export const GATEWAY_CONNECTIONS = 8

/** A secret for one run of the process. */
export function newGatewaySecret(): string {
  return randomBytes(32).toString('hex')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The way in for the gateway alone. */
export function gatewayEntrance(secret: string, limits: Limits): Entrance {
  const expected = digest(secret)
  return {
    name: 'gateway',
    connections: GATEWAY_CONNECTIONS,
    writeBufferBytes: limits.gatewayWriteBufferBytes,
    authenticate: async (name, password) => {
      const matches = timingSafeEqual(digest(password), expected)
      if (!matches || name.toLowerCase() !== GATEWAY_ACCOUNT) return undefined
      return { id: GATEWAY_ACCOUNT, local: GATEWAY_ACCOUNT, kind: 'gateway' }
    },
  }
}
