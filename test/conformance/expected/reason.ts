import { group, leaf, type Tree } from '../tree.ts'

/** A reason code, chosen or set by the system. */
export interface ReasonFacts {
  readonly id: string
  readonly category: string
  readonly code: number
  readonly label: string
  readonly forAll: boolean
  readonly systemCode: boolean
}

/** `reasonCode` inside User, `ReasonCode` inside Media (ruling 4); `systemCode` inside User only, when it is one. */
export function expectedReason(name: 'reasonCode' | 'ReasonCode', reason: ReasonFacts): Tree {
  return group(
    name,
    leaf('category', reason.category),
    leaf('code', reason.code),
    leaf('forAll', reason.forAll),
    leaf('id', reason.id),
    leaf('label', reason.label),
    name === 'reasonCode' && reason.systemCode ? leaf('systemCode', true) : undefined,
    leaf('uri', `/finesse/api/ReasonCode/${reason.id}`),
  )
}
