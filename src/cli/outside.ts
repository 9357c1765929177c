/** The external XMPP server that a server may use instead of its own notification service. */
import { foldName, type LoadedDirectory } from '../directory/index.ts'
import type { ServiceAccount } from './account-check.ts'
import { DEFAULTS } from './defaults.ts'
import { StartFailure } from './start-failure.ts'

export interface OutsideOptions {
  /** URL of an external XMPP server, for example `xmpp://host:5222`. It replaces the embedded notification service. */
  readonly xmppService?: string
  /** The engine's own account there. Default: `finesse`, which clients expect. */
  readonly xmppUser?: string
  readonly xmppPassword?: string
}

/** The address of the external server, and the engine's account there. */
export interface Outside extends ServiceAccount {
  readonly service: string
}

/** The external server; `undefined` without `xmppService`. Throws `StartFailure` for options that cannot work. */
export function outsideOf(
  { xmppService: service, xmppUser: user = DEFAULTS.xmppUser, xmppPassword: password = '' }: OutsideOptions,
  { credentials }: LoadedDirectory,
): Outside | undefined {
  if (service === undefined) return undefined
  if (password === '')
    throw new StartFailure('the XMPP server needs a password: give MRDIAN_XMPP_PASSWORD or --xmpp-password-file FILE')
  const problem = ownAccountProblem(user, credentials)
  if (problem !== undefined) throw new StartFailure(problem)
  return { service, user, password }
}

/** The problem of a directory that contains the engine's own account on the XMPP server; `undefined` for others. */
export function ownAccountProblem(user: string, credentials: LoadedDirectory['credentials']): string | undefined {
  return credentials.some(({ id }) => foldName(id) === foldName(user))
    ? `--xmpp-user ${user} is in the directory, but the engine needs its own account`
    : undefined
}
