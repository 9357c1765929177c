/** Two servers of one store that serve a side each. */

export { KeptAtOwner } from './kept-at-owner.ts'
export { linkOn, type ServiceLink } from './links.ts'
export { OtherEnd, type Owner, RefusedByOwner } from './other-end.ts'
export { OwnerEnd, type OwnerEndOptions } from './owner-end.ts'
export { PAIR_HEADER, proofOf } from './proof.ts'
export { PING_EVERY_MS } from './wire.ts'
