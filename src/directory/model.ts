/**
 * Who exists: the directory as the rest of the product sees it, validated and without secrets.
 *
 * Times are whole seconds, as in the directory file; ids are strings and keep their leading zeros.
 */

/** `CCE` is the default; `CCX` differs as `user 5.4` says. */
export type Platform = 'CCE' | 'CCX'

/** Roles that a user carries (`user 2`). The administrator is an application account, not a role. */
export type Role = 'Agent' | 'Supervisor'

/** Wrap-up after a call (`user 5.6`); `OPTIONAL` is never entered by itself (ruling 41). */
export type WrapUpMode = 'REQUIRED' | 'OPTIONAL' | 'NOT_ALLOWED' | 'REQUIRED_WITH_WRAP_UP_DATA'

/** States that a reason code explains. */
export type ReasonCategory = 'NOT_READY' | 'LOGOUT'

/** The MRD of voice; it has no Media object (`media 1`). */
export const VOICE_MRD = '1'

export interface Directory {
  readonly platform: Platform
  readonly settings: Settings
  readonly mediaRoutingDomains: readonly MediaRoutingDomain[]
  readonly teams: readonly Team[]
  readonly reasonCodes: readonly ReasonCode[]
  readonly users: readonly User[]
}

export interface Settings {
  /** What is forgotten on a failover: what Finesse forgets, or nothing. */
  readonly fidelity: 'finesse' | 'lossless'
  /** Time between the loss of a user's last presence and the forced sign-out; 60 in Finesse (`notifications 9.1`). */
  readonly presenceGraceSeconds: number
  /**
   * Who signs in without XMPP presence on that side has the grace period to bring one, or is signed out by force; without
   * it such a user is never watched, as in Finesse (`notifications 9.1`).
   */
  readonly requirePresenceAfterSignIn: boolean
  /** LOAD: 0 leaves the agent NOT_READY, 1 signs the agent out (`notifications 9.2`). CCE only: CCX always signs out. */
  readonly logoutOnAgentDisconnect: 0 | 1
  /** Which media a user sign-out and a forced sign-out reach (ruling 16, ruling 30). */
  readonly userSignoutChannel: 'voice' | 'finesse' | 'all'
  /** Refuse NOT_READY and LOGOUT without a reason where reasons are configured (ruling 26). */
  readonly requireReasonCode: boolean
  /** Echo `requestId` in Media and task notifications too (ruling 7). */
  readonly echoMediaRequestId: boolean
  /** Media leave WORK_NOT_READY by themselves when the ACD link returns (ruling 39). */
  readonly autoWorkModeStateChange: boolean
  /** A side that the user has left signs nobody out when its grace period ends (`notifications 9.4`). */
  readonly suppressCrossSideForcedLogout: boolean
  /** Namespace of the `notification` element (ruling 6). */
  readonly notificationNamespace: string
  /** How long a direct call rings at an agent before it counts as not answered. */
  readonly callRingSeconds: number
  /** How long the ACD may take to confirm a resubmission before the transfer fails. */
  readonly transferTimeoutSeconds: number
  readonly lockout: { readonly attempts: number; readonly seconds: number }
}

export interface MediaRoutingDomain {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly interruptible: boolean
  /** Time that an offered task may stay unaccepted (`media 2`). */
  readonly startTimeoutSeconds: number
  readonly maxTaskDurationSeconds: number
  readonly taskLifeSeconds: number
  /** Addresses of this MRD; each belongs to exactly one MRD (`media 14`). */
  readonly scriptSelectors: readonly string[]
}

export interface Team {
  readonly id: string
  readonly name: string
}

export interface ReasonCode {
  /** Database id: what clients send as `reasonCodeId`. */
  readonly id: string
  readonly category: ReasonCategory
  /** The number that the ACD knows. */
  readonly code: number
  readonly label: string
  readonly forAll: boolean
  readonly systemCode: boolean
}

export interface User {
  /** Also the `loginId`: the peripheral number on CCE. Letters, digits, `.` and `-` only. */
  readonly id: string
  readonly loginName: string
  readonly firstName: string
  readonly lastName: string
  readonly roles: readonly Role[]
  readonly teamId: string
  readonly extensions: readonly string[]
  /** Ids of the nonvoice MRDs in which the user may sign in. */
  readonly mediaRoutingDomains: readonly string[]
  readonly settings: {
    readonly wrapUpOnIncoming: WrapUpMode
    readonly wrapUpOnOutgoing: WrapUpMode
    readonly wrapUpSeconds: number
  }
  /** May sign in as a mobile agent (`user 4.2`). */
  readonly mobileAgent: boolean
  /** Teams that a supervisor supervises. */
  readonly supervises: readonly string[]
}

/** What `accounts` needs to know of a person or application that signs in. Never journalled, never logged. */
export interface Credential {
  readonly id: string
  /** Second name under which the same account signs in; users have one, administrators do not. */
  readonly loginName?: string
  readonly kind: 'user' | 'administrator'
  /** `scrypt$…` as the `hash-password` command prints it, or `plain:` and the password (other files than the sample warn). */
  readonly secret: string
}

/** A directory file after validation: what may be journalled and what may not, kept apart. */
export interface LoadedDirectory {
  readonly directory: Directory
  readonly credentials: readonly Credential[]
  /** What an operator should know although the file is valid: plain passwords, for example. One line each. */
  readonly warnings?: readonly string[]
  /** The file ends with `...`, YAML's mark of the end of a document: it was not cut off. */
  readonly hasEndMark?: boolean
}
