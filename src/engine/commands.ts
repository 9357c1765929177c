/**
 * What users and supervisors ask for, as REST and the API hand it to the engine.
 */
import type { Rejection } from '../../machines/failures.ts'
import type {
  CallAction,
  DialogLogoutAction,
  InterruptAction,
  MobileAgentMode,
  Side,
  TaskAction,
} from '../../machines/wire.ts'

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
export type CommandError =
  | Rejection
  | 'USER_NOT_FOUND'
  | 'MRD_NOT_FOUND'
  | 'DIALOG_NOT_FOUND'
  | 'NOT_A_PARTICIPANT'
  | 'INVALID_REASON_CODE'
  | 'REASON_CODE_REQUIRED'
  | 'INVALID_LIMIT'
  | 'OUT_OF_SERVICE'
  /** A new sign-in while the engine drains. */
  | 'DRAINING'
  /** The engine follows a Finesse, which is to be asked. */
  | 'FOLLOWER'
  | 'INTERNAL_ERROR'

/** Answer to a command. `accepted` means committed; the outcome arrives as a notification. */
export type Answer =
  | { readonly accepted: true }
  | {
      readonly accepted: false
      readonly error: CommandError /** What the error is about: an id, a parameter name. */
      readonly about: string
    }
