/** The calls of the chosen user with the states of their legs, as the user's machine has them at a moment. */
import type { FrameJson } from '../../../protocol.ts'
import type { Story } from './story.ts'

export interface ShownLeg {
  /** The agent; empty for a party outside. */
  readonly user: string
  readonly state: string
  /** `BUSY`, `OTHER`, … Empty if there is none. */
  readonly cause: string
}

export interface ShownCall {
  readonly dialog: string
  /** `OTHER_IN`, `CONSULT`, `CONFERENCE`, … */
  readonly type: string
  /** State of the call. */
  readonly state: string
  readonly legs: readonly ShownLeg[]
}

type Members = { readonly [key: string]: FrameJson }

const membersOf = (json: FrameJson | undefined): Members =>
  typeof json === 'object' && json !== null && !isList(json) ? json : {}

const isList = (json: FrameJson): json is readonly FrameJson[] => Array.isArray(json)

const textIn = (members: Members, key: string): string => {
  const value = members[key]
  return typeof value === 'string' ? value : ''
}

/** Empty also if the context of the user was not recorded at this moment. */
export function callsAt({ user, timeline }: Story, index: number): readonly ShownCall[] {
  const { context } = timeline.seenAt(`user/${user}`, index)?.seen ?? {}
  return Object.entries(membersOf(membersOf(context).legs)).map(([dialog, leg]) => {
    const call = membersOf(membersOf(leg).call)
    const legs = call.legs ?? []
    return {
      dialog,
      type: textIn(call, 'callType'),
      state: textIn(call, 'state'),
      legs: isList(legs) ? legs.map((each) => legOf(membersOf(each))) : [],
    }
  })
}

const legOf = (leg: Members): ShownLeg => ({
  user: textIn(leg, 'user'),
  state: textIn(leg, 'state'),
  cause: textIn(leg, 'stateCause'),
})
