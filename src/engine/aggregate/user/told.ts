/** The availability that the ACD was told. It is told again, with a higher version, when it has changed (`media 4.5`). */
import type { Availability } from '../../../../machines/index.ts'
import type { Output } from '../../output.ts'
import type { UserSetup } from './setup.ts'

export interface Told {
  readonly version: number
  /** By MRD. */
  readonly claims: Readonly<Record<string, Availability>>
}

export const nothingTold: Told = { version: 0, claims: {} }

/**
 * What the ACD was told with the current availability, and the outputs that tell it. Each queue gets the changed
 * availability in its MRD. An external ACD gets the availability in all MRDs.
 */
export function tell(
  told: Told,
  claims: Told['claims'],
  { acd, profile }: UserSetup,
): { readonly told: Told; readonly outputs: readonly Output[] } {
  const changed = Object.entries(claims).filter(([mrd, claim]) => !isSame(claim, told.claims[mrd]))
  if (changed.length === 0) return { told, outputs: [] }
  const user = profile.id
  const version = told.version + 1
  const outputs: readonly Output[] =
    acd === 'external'
      ? [{ type: 'acd', request: { type: 'availability', user, version, mrds: claims } }]
      : changed.map(([mrd, claim]) => ({
          type: 'send',
          to: `queue/${mrd}`,
          body: { type: 'availability', user, version, claim },
        }))
  return { told: { version, claims }, outputs }
}

const NOT_ELIGIBLE: Availability = { eligible: false, freeSlots: 0, since: 0 }

function isSame({ eligible, freeSlots, since }: Availability, before: Availability = NOT_ELIGIBLE): boolean {
  return eligible === before.eligible && freeSlots === before.freeSlots && since === before.since
}

/** Has this part of a stored snapshot the form of `Told`? */
export function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && 'version' in value && 'claims' in value
}
