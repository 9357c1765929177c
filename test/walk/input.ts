/** The inputs of the walk: everything that can happen to one agent, as plain data. */
import type { DialogLogoutAction, InterruptAction, LegState, TaskAction } from '../../machines/wire.ts'
import type { CallId } from './world.ts'

/** A dialog has as its name its MRD and its index among the open dialogs of that MRD, oldest first. */
interface OfDialog {
  readonly mrd: string
  readonly dialog: number
}

export type DialogDeadline = 'START_TIMEOUT' | 'MAX_TASK_DURATION' | 'TRANSFER_TIMEOUT' | 'TASK_LIFE'

export type WalkInput =
  // clients
  | {
      readonly do: 'media.signIn'
      readonly mrd: string
      readonly limit: number
      readonly answer: InterruptAction
      readonly atSignOut: DialogLogoutAction
    }
  | { readonly do: 'media.state'; readonly mrd: string; readonly state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE' }
  | { readonly do: 'media.routable'; readonly mrd: string; readonly routable: boolean }
  | ({ readonly do: 'act'; readonly action: TaskAction; readonly target: 'known' | 'unknown' } & OfDialog)
  | { readonly do: 'user.signIn' }
  | {
      readonly do: 'user.state'
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT'
      /** The agent by default. */
      readonly by?: 'supervisor'
    }
  /** The user is removed from the directory. */
  | { readonly do: 'user.removed' }
  // the ACD
  | { readonly do: 'offer'; readonly mrd: string }
  | ({ readonly do: 'cancel' } & OfDialog)
  /** The answer of the ACD to a transfer. `stale`: to one that has timed out. */
  | ({ readonly do: 'answer'; readonly confirmed: boolean; readonly stale: boolean } & OfDialog)
  | {
      readonly do: 'leg'
      readonly call: CallId
      readonly change: 'ADDED' | 'CHANGED' | 'REMOVED'
      readonly leg: LegState
      readonly rona: boolean
    }
  /** Interrupting work of an MRD that is not part of the walk. */
  | { readonly do: 'work'; readonly id: string; readonly joins: boolean }
  // deadlines
  | ({ readonly do: 'deadline'; readonly name: DialogDeadline } & OfDialog)
  | { readonly do: 'wrapUpTimeout' }
  | { readonly do: 'graceOver' }
  // presence and faults
  | { readonly do: 'presence'; readonly available: boolean }
  | { readonly do: 'link'; readonly up: boolean }
  | { readonly do: 'path'; readonly up: boolean }
  | { readonly do: 'gateway'; readonly both: boolean }

/** Inputs that happen together: one edge of the walk. */
export type Edge = readonly WalkInput[]

/** The MRD of the interrupting work that is not part of the walk. */
export const OUTSIDE = '9000'

/** One line of a script. It reads as words and is parsed as JSON. */
export const scriptLine = (edge: Edge): string => edge.map((input) => JSON.stringify(input)).join(' then ')
