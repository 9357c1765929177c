/** The XMPP server outside that a server may use instead of its own notification service. */
import { foldName, type LoadedDirectory } from '../directory/index.ts'
import type { ServiceAccount } from './account-check.ts'
import { DEFAULTS } from './defaults.ts'
import { StartFailure } from './start-failure.ts'

export interface OutsideOptions {
  /** An XMPP server outside, for example `xmpp://host:5222`: the embedded notification service does not start then. */
  readonly xmppService?: string
  /** The engine's own account there; `finesse` when left out, which clients look for. */
  readonly xmppUser?: string
  readonly xmppPassword?: string
}

/** How to reach it. */
export interface Outside extends ServiceAccount {
  readonly service: string
}

/** The server outside; `undefined` when none is wanted. Throws `StartFailure` for one that could not work. */
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

/** What is wrong with a directory that has somebody with the engine's own account at the XMPP server. */
export function ownAccountProblem(user: string, credentials: LoadedDirectory['credentials']): string | undefined {
  return credentials.some(({ id }) => foldName(id) === foldName(user))
    ? `--xmpp-user ${user} is in the directory; the engine needs an account of its own`
    : undefined
}
