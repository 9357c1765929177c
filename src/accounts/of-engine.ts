/** The accounts of the directory that an engine was made from. */
import type { LoadedDirectory } from '../directory/model.ts'
import type { Engine } from '../engine/api.ts'
import { createAccounts, type ReloadableAccounts } from './accounts.ts'
import type { LockOut } from './guard.ts'

/**
 * Accounts that belong to an engine: the engine's store keeps their locks, a reset of the engine clears them, and a
 * reload of its directory replaces them. `now`: milliseconds since 1970 UTC. `lockedOut` is called at the beginning of
 * each lock-out. `verifiedKey`: see `AccountsOptions`.
 *
 * @throws InvalidArgument for a secret of an unknown form.
 */
export function accountsOfEngine(
  engine: Pick<Engine, 'on'> & { readonly adapters: Pick<Engine['adapters'], 'records'> },
  { directory, credentials }: LoadedDirectory,
  now: () => number,
  lockedOut: (lockOut: LockOut) => void,
  verifiedKey?: Uint8Array,
): ReloadableAccounts {
  const { lockout } = directory.settings
  const accounts = createAccounts({
    credentials,
    lockout,
    now,
    records: engine.adapters.records,
    verifiedKey,
    lockedOut,
  })
  engine.on('reset', () => accounts.forget())
  engine.on('directory', ({ directory: { settings }, credentials: theirs }) => {
    if (theirs) accounts.replaceCredentials(theirs, settings.lockout)
    else accounts.setLockout(settings.lockout)
  })
  return accounts
}
