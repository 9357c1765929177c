/** The context of a user before the first sign-in, with a medium for every MRD and a presence for every side. */
import type { ActorRefFrom } from 'xstate'
import type { MediaInput } from '../media/model.ts'
import type { mediaMachine } from '../media.ts'
import type { PresenceInput, presenceMachine } from '../presence.ts'
import type { Side } from '../wire.ts'
import { NOTHING_PENDING, type UserContext, type UserInput } from './model.ts'

/** Functions that spawn the child actors. */
interface Children {
  readonly medium: (mrd: string, input: MediaInput) => ActorRefFrom<typeof mediaMachine>
  readonly presence: (side: Side, input: PresenceInput) => ActorRefFrom<typeof presenceMachine>
}

export function signedOut(input: UserInput, { medium, presence }: Children): UserContext {
  const { user, config, sides } = input
  const [actingSide = 'A'] = sides
  return {
    ...input,
    left: 'LOGOUT', // so the first state is not published
    stateChangeTime: null,
    news: false,
    reason: null,
    extension: '',
    mobileAgent: null,
    mobileSide: null,
    pending: NOTHING_PENDING,
    beforeCall: null,
    legs: {},
    work: [],
    finishFirst: [],
    cutOff: [],
    actingSide,
    signedInOn: null,
    present: [],
    movedWhileReady: false,
    media: Object.fromEntries(
      Object.entries(config.mrds).map(([mrd, { member, settings }]) => [
        mrd,
        medium(mrd, { user, mrd, member, settings, actingSide }),
      ]),
    ),
    presence: Object.fromEntries(
      sides.map((side) => [side, presence(side, { side, graceMs: config.presenceGraceMs })]),
    ),
  }
}
