/**
 * What users and supervisors ask for, as REST and the API hand it to the engine.
 */
import type {
  CallAction,
  DialogLogoutAction,
  InterruptAction,
  MobileAgentMode,
  Side,
  TaskAction,
} from '../../machines/wire.ts'
import type { CodeOf } from '../errors/mrdian-error.ts'

interface Asked {
  /** Echoed on the notification or error that describes the requested action (ruling 7). At most 256 characters. */
  readonly requestId?: string
  /** Side that was asked; `A` when left out. */
  readonly side?: Side
}

/** Who asks for a state change: the user, or a supervisor of the user's team (`user 5.7`). */
export type AskedBy = 'self' | 'supervisor'

export type Command =
  /** `user 4.1`, 4.2. */
  | ({
      readonly type: 'user.signIn'
      readonly user: string
      readonly extension: string
      readonly mobileAgent?: { readonly mode: MobileAgentMode; readonly dialNumber: string }
    } & Asked)
  /** `user 4.3`, 4.8, 4.9. `WORK` and `WORK_READY` are refused asynchronously. */
  | ({
      readonly type: 'user.setState'
      readonly user: string
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'WORK' | 'WORK_READY'
      readonly reasonCodeId?: string
      readonly by?: AskedBy
    } & Asked)
  /** `media 5.1`. */
  | ({
      readonly type: 'media.signIn'
      readonly user: string
      readonly mrd: string
      /** 1 to 10. */
      readonly maxDialogLimit: number
      readonly interruptAction: InterruptAction
      /** `CLOSE` when left out. */
      readonly dialogLogoutAction?: DialogLogoutAction
    } & Asked)
  /** `media 5.2`, 5.3, 5.5; `ACTIVE` leaves WORK_NOT_READY (ruling 17). */
  | ({
      readonly type: 'media.setState'
      readonly user: string
      readonly mrd: string
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE'
      readonly reasonCodeId?: string
    } & Asked)
  /** `media 5.4`. */
  | ({
      readonly type: 'media.setRoutable'
      readonly user: string
      readonly mrd: string
      readonly routable: boolean
    } & Asked)
  /** `media 9.1`. */
  | ({
      readonly type: 'dialog.act'
      readonly user: string
      readonly dialog: string
      readonly action: TaskAction
      /** Script selector; required for TRANSFER. */
      readonly target?: string
    } & Asked)
  /** `dialog 4.4`. */
  | ({
      readonly type: 'call.act'
      readonly user: string
      readonly dialog: string
      readonly action: CallAction
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
    } & Asked)

/** Why a command was not accepted: decided from the request and the directory, or printed as synchronous. */
export type CommandError = CodeOf<'Rejected'>

/** The command did what it asked for. While the agent talks, a change of state is done when it is pending (`user 5.5`). */
export interface Done {
  readonly accepted: true
  readonly outcome: 'DONE'
}

/**
 * The command was accepted, but the state at that time does not allow it, or the ACD refuses it. Nothing has changed, except
 * where the message says so (`media.md A2`). Clients get an error notification that says the same.
 */
export interface Refused {
  readonly accepted: true
  readonly outcome: 'REFUSED'
  readonly code: CodeOf<'Refused'>
  /** For a person. */
  readonly message: string
  /** What the refusal is about: a dialog id, a script selector, `ANSWER on extension 1001`; `''` for nothing in particular. */
  readonly about: string
}

/** Something else ended the dialog, or the engine, before the outcome was known. */
export interface Overtaken {
  readonly accepted: true
  readonly outcome: 'OVERTAKEN'
  /** For a person. */
  readonly message: string
}

/** What has become of a command in the end. */
export type Outcome = Done | Refused | Overtaken

/** A transfer that the ACD has not answered yet. */
export interface UnderWay {
  readonly accepted: true
  readonly outcome: 'UNDER_WAY'
  /** Never rejects. Settles when the ACD has answered, after the transfer time-out at the latest, or when the engine ends. */
  readonly result: Promise<Outcome>
}

/** The command was not accepted. Nothing has changed, and no notification is sent. */
export interface Rejected {
  readonly accepted: false
  readonly outcome: 'REJECTED'
  readonly code: CommandError
  /** For a person. */
  readonly message: string
  /** An id or a parameter name; `''` for nothing in particular. */
  readonly about: string
}

/** Answer to a command. `accepted` means committed, and is what REST answers with 202. */
export type Answer = Outcome | UnderWay | Rejected
