/** Sign-ins during a drain. */
import { mediaState, userState } from '../../../machines/index.ts'
import type { UserBehaviour } from '../aggregate/user/behaviour.ts'
import type { Command } from '../commands.ts'

/**
 * Would this command sign in a user who is signed out now? A drain refuses only such sign-ins. A signed-in user may
 * sign in again: desktops do so when they are reloaded or move to the other side.
 */
export function isNewSignIn(command: Command, user: Pick<UserBehaviour, 'snapshot'> | undefined): boolean {
  if (command.type === 'user.signIn') return user === undefined || userState(user.snapshot) === 'LOGOUT'
  if (command.type !== 'media.signIn') return false
  const media = user?.snapshot.context.media
  const medium = media && Object.hasOwn(media, command.mrd) ? media[command.mrd] : undefined
  return medium === undefined || mediaState(medium.getSnapshot()) === 'LOGOUT'
}
