/** Entry for following a Finesse over the network: the same engine, whose states come from there. */

import '../node-version.ts'

export type { Certainty } from './certainty.ts'
export type { Tree } from './events/tree.ts'
export type { Told, Update } from './events/update.ts'
export type { FollowFigures } from './figures.ts'
export { follow } from './follow.ts'
export type { Follower, FollowerStatus } from './follower.ts'
export type { FollowCredentials, FollowedSide, FollowOptions } from './options.ts'
export type { Account, Denied } from './upstream/accounts.ts'
export { UpstreamError } from './upstream/error.ts'
export type { FollowLimits } from './upstream/limits.ts'
export type { Fetch } from './upstream/rest.ts'
