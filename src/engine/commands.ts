/** Commands, which are the requests of users and supervisors to the engine, and the answers to them. */

import type { Classification } from '../../machines/index.ts'
import type {
  DialogLogoutAction,
  InterruptAction,
  JoinAction,
  LegAction,
  LegState,
  MediaState,
  MobileAgentMode,
  Side,
  TaskAction,
  TaskState,
  UserState,
} from '../../machines/wire.ts'
import type { CodeOf } from '../errors/mrdian-error.ts'

interface Asked {
  /**
   * The client's correlation id, at most 256 characters. The error notification repeats it, and so does the
   * notification of the requested action, for media and tasks only with `settings.echoMediaRequestId` (ruling 7). For
   * log lines and the journal there is another id, `origin.request`: see "Ids of a request" in `src/rest/README.md`.
   */
  readonly requestId?: string | undefined
  /** The side that gets the request. The default is `A`. */
  readonly side?: Side | undefined
}

/** Who requests a state change: the user, or a supervisor of the user's team (`user 5.7`). */
export type AskedBy = 'self' | 'supervisor'

export type Command =
  /** `user 4.1`, 4.2. */
  | ({
      readonly type: 'user.signIn'
      readonly user: string
      readonly extension: string
      readonly mobileAgent?: { readonly mode: MobileAgentMode; readonly dialNumber: string } | undefined
    } & Asked)
  /** `user 4.3`, 4.8, 4.9. `WORK` and `WORK_READY` are accepted, and then always refused. */
  | ({
      readonly type: 'user.setState'
      readonly user: string
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'WORK' | 'WORK_READY'
      readonly reasonCodeId?: string | undefined
      readonly by?: AskedBy | undefined
    } & Asked)
  /** `media 5.1`. */
  | ({
      readonly type: 'media.signIn'
      readonly user: string
      readonly mrd: string
      /** 1 to 10. */
      readonly maxDialogLimit: number
      readonly interruptAction: InterruptAction
      /** The default is `CLOSE`. */
      readonly dialogLogoutAction?: DialogLogoutAction | undefined
    } & Asked)
  /** `media 5.2`, 5.3, 5.5. `ACTIVE` ends WORK_NOT_READY (ruling 17). */
  | ({
      readonly type: 'media.setState'
      readonly user: string
      readonly mrd: string
      readonly state: 'READY' | 'NOT_READY' | 'LOGOUT' | 'ACTIVE'
      readonly reasonCodeId?: string | undefined
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
      /** The script selector to transfer to. Required for TRANSFER: without it the answer is INVALID_COMMAND. */
      readonly target?: string | undefined
    } & Asked)
  /** `dialog 4.3`: the user calls a number, from the extension at which the user is signed in. */
  | ({
      readonly type: 'call.make'
      readonly user: string
      readonly fromAddress: string
      /** 1 to 64 printable ASCII characters, and no extension of the user. */
      readonly toAddress: string
      /** With the same names and values as in `call.setData`. Not on CCX. */
      readonly variables?: readonly { readonly name: string; readonly value: string }[] | undefined
    } & Asked)
  /**
   * `dialog 4.9`: the user, a supervisor who is NOT_READY, listens to the agent at this extension. Whether the user
   * supervises the agent has to be checked before, as `mrdian/rest` does.
   */
  | ({
      readonly type: 'call.monitor'
      readonly user: string
      /** The extension at which the user is signed in. */
      readonly fromAddress: string
      /** The extension of the agent, who talks. */
      readonly toAddress: string
    } & Asked)
  /** `dialog 4.10`: the user, who listens to the agent, becomes a party of the call. */
  | ({
      readonly type: 'call.barge'
      readonly user: string
      readonly fromAddress: string
      readonly toAddress: string
      /** The call by which the user listens. */
      readonly monitor: string
    } & Asked)
  /** `dialog 4.4`. `ACCEPT`, `CLOSE` and `REJECT` decide about the reservation of a campaign (`dialog 5.1`). */
  | ({
      readonly type: 'call.act'
      readonly user: string
      readonly dialog: string
      readonly action: LegAction
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
    } & Asked)
  /** `dialog 4.6`: the user calls somebody else during an active call, which goes on hold. */
  | ({
      readonly type: 'call.consult'
      readonly user: string
      readonly dialog: string
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
      /** 1 to 64 printable ASCII characters, and no extension of the user. */
      readonly toAddress: string
    } & Asked)
  /**
   * `dialog 4.7`: the user transfers an active call to a number and leaves it as soon as it rings there. If it does not
   * ring, the user talks again and gets CALL_OPERATION_FAILED.
   */
  | ({
      readonly type: 'call.transferTo'
      readonly user: string
      readonly dialog: string
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
      /** 1 to 64 printable ASCII characters, and no extension of the user. */
      readonly toAddress: string
    } & Asked)
  /** `dialog 4.4`: joins this call, which the user holds, with the active call of the user. It survives. */
  | ({
      readonly type: 'call.join'
      readonly user: string
      readonly dialog: string
      readonly action: JoinAction
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
    } & Asked)
  /** `dialog 4.12`: drops another agent from a conference, if `settings.enableDropParticipantFor` allows it. */
  | ({
      readonly type: 'call.dropParticipant'
      readonly user: string
      readonly dialog: string
      /** Extension of the agent to drop. */
      readonly targetMediaAddress: string
    } & Asked)
  /**
   * `dialog 4.5`: changes call variables, the wrap-up reason, or both. Everything is changed, or nothing. `user.`
   * variables have to be in the directory (`eccVariables`); a value that is too long for one is cut.
   */
  | ({
      readonly type: 'call.setData'
      readonly user: string
      readonly dialog: string
      /** Extension of the acting agent. May be left out here, as clients do. */
      readonly targetMediaAddress?: string | undefined
      readonly variables?: readonly { readonly name: string; readonly value: string }[] | undefined
      /** At most 39 bytes. */
      readonly wrapUpReason?: string | undefined
    } & Asked)
  /** `dialog 4.11`, CCX only: the call is recorded, of which nothing is seen here. */
  | ({
      readonly type: 'call.record'
      readonly user: string
      readonly dialog: string
      /** Extension of the agent; in a call by which a supervisor listens also that of the other agent. */
      readonly targetMediaAddress: string
    } & Asked)
  /** `dialog 4.8`. The tones are checked, and go nowhere: the built-in ACD has no voice path. */
  | ({
      readonly type: 'call.sendDtmf'
      readonly user: string
      readonly dialog: string
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
      /** `0` to `9`, `*`, `#`, `A` to `D`. */
      readonly tones: string
    } & Asked)
  /** `dialog 5.1`: the agent says what the dialler of a campaign has reached. */
  | ({
      readonly type: 'call.reclassify'
      readonly user: string
      readonly dialog: string
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
      readonly classification: Classification
    } & Asked)
  /** `dialog 5.1`: the campaign is to call the customer again. With a time, a number or both. */
  | ({
      readonly type: 'call.setCallback'
      readonly user: string
      readonly dialog: string
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
      /** `YYYY-MM-DDThh:mm`, in UTC. A time that is over means at once. */
      readonly callbackTime?: string | undefined
      /** 1 to 32 letters, digits, `*` and `#`, after a plus sign or none. */
      readonly callbackNumber?: string | undefined
    } & Asked)
  /** `dialog 5.1`: the campaign is not to call the customer again. */
  | ({
      readonly type: 'call.cancelCallback'
      readonly user: string
      readonly dialog: string
      /** Extension of the acting agent. */
      readonly targetMediaAddress: string
    } & Asked)

/** Why a command was rejected. The table of errors has a sentence for each code. */
export type CommandError = CodeOf<'Rejected'>

/** The command had its effect. During a call, a state change counts as done when it is pending (`user 5.5`). */
export interface Done {
  readonly accepted: true
  readonly outcome: 'DONE'
}

/**
 * The command was accepted, but the state at that time did not allow it, or the ACD refused it. Nothing has changed,
 * unless the message says so (`media A2`). Clients get an error notification with the same reason.
 */
export interface Refused {
  readonly accepted: true
  readonly outcome: 'REFUSED'
  readonly code: CodeOf<'Refused'>
  /**
   * A sentence for people. If the state does not allow the request, a second sentence names the request, the state, and
   * what it allows. Programs should use `code`, `state` and `allowed`.
   */
  readonly message: string
  /** The subject of the refusal: a dialog id, a script selector, `ANSWER on extension 1001`; `''` if there is none. */
  readonly about: string
  /**
   * The state of the user, the medium or the dialog that refused the command; for a call, that of the user's leg. Absent
   * for a dialog that has ended, and for a transfer that the ACD refused or did not answer.
   */
  readonly state?: UserState | MediaState | TaskState | LegState
  /**
   * What may be requested in this state: for a user `LOGIN`, `READY`, `NOT_READY`, `LOGOUT`; for a medium also `ACTIVE`,
   * `ROUTABLE` and `NOT_ROUTABLE` (`media.setRoutable`); for a dialog its actions. A request that is in the list may be
   * refused for another reason, for example an unknown script selector, or a rule of your own. Absent when `state` is
   * absent.
   */
  readonly allowed?: readonly string[]
}

/** The dialog, or the engine, ended for another reason before the ACD answered. */
export interface Overtaken {
  readonly accepted: true
  readonly outcome: 'OVERTAKEN'
  /** A sentence for people. */
  readonly message: string
}

/** The final result of an accepted command. */
export type Outcome = Done | Refused | Overtaken

/** A transfer that the ACD has not answered yet. */
export interface UnderWay {
  readonly accepted: true
  readonly outcome: 'UNDER_WAY'
  /**
   * Never rejects. Resolves when the ACD has answered, when the transfer time-out is over, or when the dialog or the
   * engine ends.
   */
  readonly result: Promise<Outcome>
}

/** The command was not accepted. Nothing has changed, and no notification is sent. */
export interface Rejected {
  readonly accepted: false
  readonly outcome: 'REJECTED'
  readonly code: CommandError
  /** A sentence for people. Programs should use `code`. */
  readonly message: string
  /** The id or parameter name that is wrong; `''` if there is none. */
  readonly about: string
}

/** Answer to a command. `accepted` means that the command is committed. REST answers with 202 then. */
export type Answer = Outcome | UnderWay | Rejected
