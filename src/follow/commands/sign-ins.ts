/**
 * The sign-ins that were made through this follower. The other side does not know the settings of a medium, nor the
 * data of a mobile agent, so they are sent again after a move (`notifications 12`). Sign-ins of desktops are not touched:
 * the desktops repeat them.
 */
import type { Command } from '../../engine/commands.ts'
import type { Told } from '../events/update.ts'
import type { Picture } from '../picture.ts'

type MediaSignIn = Extract<Command, { type: 'media.signIn' }>
type UserSignIn = Extract<Command, { type: 'user.signIn' }>

export class SignIns {
  /** By user and MRD; voice has the key of the user alone. */
  readonly #made = new Map<string, MediaSignIn | UserSignIn>()

  /** Finesse has accepted this command. */
  accepted(command: Command): void {
    if (command.type === 'media.signIn') this.#made.set(`${command.user} ${command.mrd}`, command)
    if (command.type === 'user.signIn' && command.mobileAgent) this.#made.set(command.user, command)
  }

  /** A sign-out ends it, whoever asked for it. */
  told(told: Told): void {
    if (told.kind === 'media' && told.value.status?.state === 'LOGOUT')
      this.#made.delete(`${told.value.user} ${told.value.id}`)
    if ((told.kind === 'user' || told.kind === 'summary') && told.value.state === 'LOGOUT')
      this.#made.delete(told.value.id)
    if (told.kind === 'userDeleted') this.#made.delete(told.user)
  }

  /** What this user has to send again, because the side that is followed shows something else. */
  toRepeat(user: string, picture: Picture): readonly Command[] {
    const known = picture.of(user)
    return [...this.#made.values()]
      .filter((command) => command.user === user)
      .filter((command) => {
        if (command.type === 'user.signIn') return known?.user?.mobileAgent === undefined
        const status = known?.media.get(command.mrd)?.status
        return (
          status?.state === 'WORK_NOT_READY' ||
          status?.maxDialogLimit !== command.maxDialogLimit ||
          status.interruptAction !== command.interruptAction ||
          status.dialogLogoutAction !== (command.dialogLogoutAction ?? 'CLOSE')
        )
      })
      .map(({ requestId: _, ...command }) => command)
  }
}
