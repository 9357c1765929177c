/**
 * The directory as the rest of the product uses it: validated and without secrets.
 *
 * Times are whole seconds, as in the directory file. Ids are strings, so they keep leading zeros.
 */

import type { OptionalConfiguration } from './configuration/model.ts'

/** `CCE` is the default. `user 5.4` describes the differences of `CCX`. */
export type Platform = 'CCE' | 'CCX'

/** Roles of a user (`user 2`). The administrator is an application account, not a role. */
export type Role = 'Agent' | 'Supervisor'

/** Wrap-up after a call (`user 5.6`). `OPTIONAL` never starts automatically (ruling 41). */
export type WrapUpMode = 'REQUIRED' | 'OPTIONAL' | 'NOT_ALLOWED' | 'REQUIRED_WITH_WRAP_UP_DATA'

/** The states for which there are reason codes. */
export type ReasonCategory = 'NOT_READY' | 'LOGOUT'

/** The MRD of voice. It has no Media object (`media 1`). */
export const VOICE_MRD = '1'

/** How the queue of an MRD selects an agent: see `src/engine/aggregate/queue/selection.ts`. */
export type MediaPolicy = 'most-free-slots' | CommonPolicy

/** How a voice queue selects an agent. */
export type VoicePolicy = 'in-order' | CommonPolicy

type CommonPolicy = 'longest-available' | 'least-occupied' | 'most-skilled' | 'least-skilled'

/** What a queue says of its agents, besides the policy. */
export interface QueueAgents {
  /** Skill levels by user, 1 to 10; 5 for users without one. */
  readonly skills?: Readonly<Record<string, number>> | undefined
  /** Who gets contacts only after a wait, by rising times. Whoever is in no stage gets them at once. */
  readonly overflow?: readonly OverflowStage[] | undefined
}

/** Agents who get the contacts of a queue that have waited for this time. */
export interface OverflowStage {
  readonly afterSeconds: number
  /** Ids of users. */
  readonly agents?: readonly string[] | undefined
  /** All agents of these teams. */
  readonly teams?: readonly string[] | undefined
}

export interface Directory extends OptionalConfiguration {
  readonly platform: Platform
  readonly settings: Settings
  readonly mediaRoutingDomains: readonly MediaRoutingDomain[]
  /** The queues of calls. Absent if there are none. */
  readonly queues?: readonly VoiceQueue[] | undefined
  readonly teams: readonly Team[]
  readonly reasonCodes: readonly ReasonCode[]
  /** The `user.` variables of calls that agents may change (`dialog 1.4`). Absent: none. */
  readonly eccVariables?: readonly EccVariable[] | undefined
  readonly users: readonly User[]
}

export interface Settings {
  /** The state that a failover forgets: what Finesse forgets, or nothing. */
  readonly fidelity: 'finesse' | 'lossless'
  /** Time from the loss of a user's last presence to the forced sign-out; 60 in Finesse (`notifications 9.1`). */
  readonly presenceGraceSeconds: number
  /**
   * True: a user who signs in without XMPP presence on that side must connect within the grace period, or is signed out
   * by force. False: such a user is never signed out for that, as in Finesse (`notifications 9.1`).
   */
  readonly requirePresenceAfterSignIn: boolean
  /** LOAD: 0 leaves the agent NOT_READY, 1 signs the agent out (`notifications 9.2`). CCX always signs agents out. */
  readonly logoutOnAgentDisconnect: 0 | 1
  /** The media that a user sign-out and a forced sign-out also end (ruling 16, ruling 30). */
  readonly userSignoutChannel: 'voice' | 'finesse' | 'all'
  /** Refuse NOT_READY and LOGOUT without a reason if reasons are configured (ruling 26). */
  readonly requireReasonCode: boolean
  /**
   * True: notifications of media and tasks repeat the `requestId` too. False: only those of users and calls do, and error
   * notifications (ruling 7).
   */
  readonly echoMediaRequestId: boolean
  /** Media leave WORK_NOT_READY automatically when the ACD link returns (ruling 39). */
  readonly autoWorkModeStateChange: boolean
  /** The end of the grace period on a side that the user has left does not sign the user out (`notifications 9.4`). */
  readonly suppressCrossSideForcedLogout: boolean
  /** Namespace of the `notification` element (ruling 6). */
  readonly notificationNamespace: string
  /** How long a direct call rings before it counts as not answered. */
  readonly callRingSeconds: number
  /** How long the ACD may take to confirm a resubmission. After this time the transfer fails. */
  readonly transferTimeoutSeconds: number
  /** Most parties of one call. Unified CM has 4 unless it is set otherwise (`dialog V88`). */
  readonly conferencePartiesMax: number
  /** Who may drop other agents from a conference (`dialog 4.12`). */
  readonly enableDropParticipantFor: 'supervisor_only' | 'conference_controller_and_supervisor' | 'all'
  /** The time zone of the deployment, as SystemInfo shows it (`user 9.1`). Absent: UTC. */
  readonly timeZone?: string | undefined
  readonly lockout: { readonly attempts: number; readonly seconds: number }
  /** What the board marks. Absent: nothing. */
  readonly board?: BoardLimits | undefined
}

/** From when on the board marks a wait, or an agent's time in a state. */
export interface BoardLimits {
  /** By id of the MRD, `1` for the calls of queues. */
  readonly waitSeconds?: Readonly<Record<string, number>> | undefined
  /** By agent state, of voice and of the other media. */
  readonly stateSeconds?: Readonly<Record<string, number>> | undefined
}

/** An Expanded Call Context variable of calls (`dialog 10`). */
export interface EccVariable {
  /** With the prefix: `user.account`. */
  readonly name: string
  /** Longest value, in bytes: at most 210. */
  readonly length: number
  /** Number of elements of an array: at most 255. Absent for a scalar. */
  readonly size?: number | undefined
}

export interface MediaRoutingDomain extends QueueAgents {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly interruptible: boolean
  /** How long an offered task waits for the agent to accept it (`media 2`). */
  readonly startTimeoutSeconds: number
  readonly maxTaskDurationSeconds: number
  readonly taskLifeSeconds: number
  /** Addresses of this MRD. Each selector belongs to exactly one MRD (`media 14`). */
  readonly scriptSelectors: readonly string[]
  /** How an agent is selected for a task; `most-free-slots` if absent (`media 4.5`). */
  readonly policy?: MediaPolicy | undefined
  /** By script selector: 1 (offered first) to 10; 5 for selectors without one. Equal ones in the order of arrival. */
  readonly priorities?: Readonly<Record<string, number>> | undefined
}

/**
 * A queue of calls. On the wire it is a Queue, as the queue of an MRD is (`dialog 8`). Its id is a number that no MRD
 * has.
 */
export interface VoiceQueue extends QueueAgents {
  readonly id: string
  readonly name: string
  /** The numbers by which the queue is dialled. */
  readonly numbers: readonly string[]
  /** Ids of the users who get the calls, in the order that the policy `in-order` follows. */
  readonly agents: readonly string[]
  readonly policy: VoicePolicy
  /** How long a caller waits, from the arrival to the answer. After this time the call ends. */
  readonly timeoutSeconds: number
  /** How long the call rings at an agent before it goes to another one. */
  readonly ringSeconds: number
  /** By dialled number: 1 (first) to 10; 5 for numbers without one. Equal ones in the order of arrival. */
  readonly priorities?: Readonly<Record<string, number>> | undefined
}

export interface Team {
  readonly id: string
  readonly name: string
}

export interface ReasonCode {
  /** Database id, which clients send as `reasonCodeId`. */
  readonly id: string
  readonly category: ReasonCategory
  /** The number of the code in the ACD. */
  readonly code: number
  readonly label: string
  /** False: the code is for some teams. */
  readonly forAll: boolean
  /** The teams that have a code that is not for all. Absent: all teams. */
  readonly teams?: readonly string[] | undefined
  readonly systemCode: boolean
}

export interface User {
  /** Also the `loginId`; on CCE the peripheral number. Only letters, digits, `.` and `-`. */
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

/** The data about an account that `accounts` needs. Never journalled, never logged. */
export interface Credential {
  readonly id: string
  /** A second name for the sign-in. Users have one, administrators do not. */
  readonly loginName?: string
  readonly kind: 'user' | 'administrator'
  /** `scrypt$…` as the `hash-password` command prints it, or `plain:` and the password. */
  readonly secret: string
}

/** A validated directory file. The directory may be journalled; the credentials are separate, because they may not. */
export interface LoadedDirectory {
  readonly directory: Directory
  readonly credentials: readonly Credential[]
  /** The directory was read without passwords, so it says nothing about accounts. */
  readonly passwords?: 'none'
  /** Warnings for operators about a valid file, for example plain passwords. One line each. */
  readonly warnings?: readonly string[]
  /** The file ends with `...`, YAML's document end marker, so it was not cut off. */
  readonly hasEndMark?: boolean
}
