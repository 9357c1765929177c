/** Accounts that may sign in, and their lock-outs. */
export { type AccountsOptions, createAccounts, type PasswordFigures, type ReloadableAccounts } from './accounts.ts'
export { type Accounts, AccountsBusyError, type Principal } from './api.ts'
export type { LockOut } from './guard.ts'
export { LockOutLog } from './lock-out-log.ts'
export type { LockoutLimits } from './lockouts.ts'
export { accountsOfEngine } from './of-engine.ts'
export { hashPassword } from './password.ts'
