import { group, leaf, type Tree } from '../tree.ts'
import { expectedReason, type ReasonFacts } from './reason.ts'
import { wireTime } from './time.ts'

/** The three settings of a sign-in (`media 5.1`). */
export interface SettingsFacts {
  readonly maxDialogLimit: number
  readonly interruptAction: string
  readonly dialogLogoutAction: string
}

export interface MediaFacts {
  readonly user: string
  readonly mrd: { readonly id: string; readonly name: string; readonly description: string }
  readonly interruptible: boolean
  /** `undefined` for a user outside the MRD. */
  readonly status?: {
    readonly state: string
    readonly routable: string
    readonly settings: SettingsFacts
    /** True if the side has its ACD link (ruling 19). */
    readonly connected: boolean
    readonly reason?: ReasonFacts | undefined
    readonly changedAt: number | undefined
  }
}

/** `media 3.1`, 3.3: `-1` without a reason in NOT_READY and LOGOUT, empty elsewhere. */
const reasonId = (state: string, reason: ReasonFacts | undefined): string =>
  reason?.id ?? (state === 'NOT_READY' || state === 'LOGOUT' ? '-1' : '')

/** The whole Media object, `media 3.1`; for a user outside the MRD 3.2. */
export function expectedMedia({ user, mrd, interruptible, status }: MediaFacts): Tree {
  const head = [leaf('uri', `/finesse/api/User/${user}/Media/${mrd.id}`), leaf('description', mrd.description)]
  const id = leaf('id', mrd.id)
  const kind = leaf('interruptible', interruptible)
  const name = leaf('name', mrd.name)
  if (status === undefined) return group('Media', ...head, id, kind, name)
  const { state, routable, settings, connected, reason, changedAt } = status
  return group(
    'Media',
    ...head,
    leaf('dialogLogoutAction', settings.dialogLogoutAction),
    id,
    kind,
    leaf('maxDialogLimit', settings.maxDialogLimit),
    connected ? leaf('mediaConnected', true) : undefined,
    name,
    reason && expectedReason('ReasonCode', reason),
    leaf('reasonCodeId', reasonId(state, reason)),
    leaf('routable', routable),
    leaf('state', state),
    leaf('stateChangeTime', wireTime(changedAt)),
    leaf('interruptAction', settings.interruptAction),
  )
}
