/** A change of a user in the directory: the sign-outs and notifications that follow from it. */
import { mediaState, type Standing, type UserContext, userView } from '../../../../machines/index.ts'
import type { Output } from '../../output.ts'
import { type PublishContext, queuesChanged, userChanged } from './publish.ts'
import type { NamedQueue, UserSetup } from './setup.ts'

const isMember = ({ config }: UserSetup, mrd: string) => config.mrds[mrd]?.member === true

/** MRDs in which the user is signed in and of which the user is no longer a member. */
export function lostMedia(before: UserSetup, setup: UserSetup, { media }: UserContext): readonly string[] {
  return Object.entries(media)
    .filter(([mrd, medium]) => isMember(before, mrd) && !isMember(setup, mrd) && isSignedIn(medium))
    .map(([mrd]) => mrd)
}

const isSignedIn = (medium: UserContext['media'][string]) => mediaState(medium.getSnapshot()) !== 'LOGOUT'

/**
 * Notifications of the differences. The user: `notifications 8.1` asks for it when the user was added and when names or
 * roles changed; our choice is to publish it when any field of User changed. The team's summary: when one of its fields
 * changed (8.9). The queues that the user got or lost (8.11). `before` is `undefined` for a user who was added.
 */
export function newsOfSetup(
  before: UserSetup | undefined,
  publishing: PublishContext,
  snapshot: Standing<UserContext>,
): readonly Output[] {
  const { setup } = publishing
  const [user, team] = userChanged(publishing, userView(snapshot), '')
  if (!before) return [user, team]
  const isSame = (shown: (setup: UserSetup) => unknown) =>
    JSON.stringify(shown(before)) === JSON.stringify(shown(setup))
  const queuesOf = (of: UserSetup) => [...of.mrds.filter(({ id }) => isMember(of, id)), ...(of.queues ?? [])]
  const [old, now] = [queuesOf(before), queuesOf(setup)]
  const without = (some: readonly NamedQueue[], others: readonly NamedQueue[]) =>
    some.filter(({ id }) => !others.some((each) => each.id === id))
  return [
    ...(!isSame(({ profile }) => profile) ? [user] : []),
    ...(!isSame(({ profile }) => [profile.firstName, profile.lastName, profile.teamId]) ? [team] : []),
    ...queuesChanged(setup.profile.id, 'DELETE', without(old, now)),
    ...queuesChanged(setup.profile.id, 'POST', without(now, old)),
  ]
}
