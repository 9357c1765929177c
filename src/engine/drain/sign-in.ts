/** Sign-ins during a drain. */
import { mediaState, userState } from '../../../machines/index.ts'
import type { UserBehaviour } from '../aggregate/user/behaviour.ts'
import type { Command } from '../commands.ts'

/**
 * Would the user be signed in by this who is not now? Whoever is signed in may say so again: a desktop that was loaded
 * again does, and one that moves to the other side.
 */
export function isNewSignIn(command: Command, user: Pick<UserBehaviour, 'snapshot'> | undefined): boolean {
  if (command.type === 'user.signIn') return user === undefined || userState(user.snapshot) === 'LOGOUT'
  if (command.type !== 'media.signIn') return false
  const media = user?.snapshot.context.media
  const medium = media && Object.hasOwn(media, command.mrd) ? media[command.mrd] : undefined
  return medium === undefined || mediaState(medium.getSnapshot()) === 'LOGOUT'
}
