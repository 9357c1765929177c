/**
 * Shape of the directory file: keys, types, ranges and defaults of single values. Rules between entries are in
 * `checks.ts`.
 */
import { z } from 'zod'
import { configurationSections } from './configuration/schema.ts'
import { isInherited } from './names.ts'
import { RESERVED } from './reserved.ts'
import { filled, id, numericId, teams, text } from './schema-parts.ts'

const MAX_SECONDS = 2_147_483

function seconds(least: number, most: number) {
  return z.number().int('must be a whole number of seconds').min(least).max(most)
}

const loginName = z.string().regex(/^[^\s:/\p{Cc}]{1,64}$/u, 'must be 1 to 64 characters without spaces, ":" and "/"')

const password = z.string().min(1, 'must not be empty').max(256)

const secrets = { password: password.optional(), passwordHash: z.string().optional() }

const wrapUpMode = z.enum(['REQUIRED', 'OPTIONAL', 'NOT_ALLOWED', 'REQUIRED_WITH_WRAP_UP_DATA'])

function isTimeZone(name: string): boolean {
  try {
    // Offsets like "+02:00" are accepted there too, but they know no summer time.
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined && /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

const settings = z.strictObject({
  fidelity: z.enum(['finesse', 'lossless']).default('finesse'),
  presenceGraceSeconds: seconds(0, 3600).default(60),
  requirePresenceAfterSignIn: z.boolean().default(false),
  logoutOnAgentDisconnect: z.literal([0, 1]).default(0),
  userSignoutChannel: z.enum(['voice', 'finesse', 'all']).default('all'),
  requireReasonCode: z.boolean().default(false),
  echoMediaRequestId: z.boolean().default(false),
  autoWorkModeStateChange: z.boolean().default(true),
  suppressCrossSideForcedLogout: z.boolean().default(false),
  notificationNamespace: z
    .string()
    .regex(/^[^\s\p{Cc}<>&"']{1,256}$/u, 'must be a namespace name')
    .default('http://jabber.org/protocol/pubsub'),
  callRingSeconds: seconds(1, 600).default(30),
  transferTimeoutSeconds: seconds(1, 600).default(10),
  conferencePartiesMax: z.number().int().min(3).max(64).default(4),
  enableDropParticipantFor: z
    .enum(['supervisor_only', 'conference_controller_and_supervisor', 'all'])
    .default('supervisor_only'),
  timeZone: z.string().refine(isTimeZone, 'must be a time zone like "Europe/Paris"').optional(),
  board: z
    .strictObject({
      waitSeconds: z.record(z.string(), seconds(1, MAX_SECONDS)).optional(),
      stateSeconds: z.record(z.string(), seconds(1, MAX_SECONDS)).optional(),
    })
    .optional(),
  lockout: z
    .strictObject({
      attempts: z.number().int().min(1).max(100).default(5),
      seconds: seconds(1, 86_400).default(300),
    })
    .prefault({}),
})

const administrator = z.strictObject({ id, ...secrets })

const COMMON_POLICIES = ['longest-available', 'least-occupied', 'most-skilled', 'least-skilled'] as const

/** How queues of tasks, and of calls, select an agent. */
export const MEDIA_POLICIES = ['most-free-slots', ...COMMON_POLICIES] as const
export const VOICE_POLICIES = ['in-order', ...COMMON_POLICIES] as const

/** 1 to 10. */
export const levels = z.record(z.string(), z.number().int().min(1).max(10))

export const STAGES_MAX = 10

/** What queues of tasks and of calls say of their agents and contacts. */
const queueSettings = {
  priorities: levels.optional(),
  skills: levels.optional(),
  overflow: z
    .array(
      z.strictObject({
        afterSeconds: seconds(1, 86_400),
        agents: z.array(id).max(100_000).optional(),
        teams: z.array(id).max(10_000).optional(),
      }),
    )
    .max(STAGES_MAX)
    .optional(),
}

const mediaRoutingDomain = z.strictObject({
  id,
  name: filled(64),
  description: text(255).default(''),
  interruptible: z.boolean().default(false),
  startTimeoutSeconds: seconds(1, 86_400).default(30),
  maxTaskDurationSeconds: seconds(1, MAX_SECONDS).default(28_800),
  taskLifeSeconds: seconds(1, MAX_SECONDS).default(1200),
  scriptSelectors: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
        .refine((value) => !isInherited(value), RESERVED),
    )
    .max(1000)
    .default([]),
  policy: z.enum(MEDIA_POLICIES).optional(),
  ...queueSettings,
})

/** Extension or number of a queue. They are one name space. */
const dialled = z.string().regex(/^[0-9A-Za-z*#+]{1,32}$/, 'must be 1 to 32 digits, letters, "*", "#" or "+"')

/** The id is the number that clients see as `queueNumber` (`dialog 8`). */
const queue = z.strictObject({
  id: z.string().regex(/^[1-9][0-9]{0,8}$/, 'must be a number of at most 9 digits, in quotes'),
  name: text(64).min(1, 'must not be empty'),
  numbers: z.array(dialled).max(100).default([]),
  agents: z.array(id).max(100_000).default([]),
  policy: z.enum(VOICE_POLICIES).default('longest-available'),
  timeoutSeconds: seconds(1, 86_400).default(600),
  ringSeconds: seconds(1, 600).default(15),
  ...queueSettings,
})

const team = z.strictObject({ id, name: filled(64) })

/** `user 6.1`. */
const reasonCode = z.strictObject({
  id: numericId,
  category: z.enum(['NOT_READY', 'LOGOUT']),
  code: z.number().int().min(1).max(65_535),
  label: filled(40),
  forAll: z.boolean().optional(),
  teams,
})

/** `dialog 1.4`, 10. */
const eccVariable = z.strictObject({
  name: z
    .string()
    .regex(/^user(?=[A-Za-z0-9_.]{1,65}$)(?:\.[A-Za-z0-9_]+)+$/, 'must be "user." and letters, digits, "_" or "."'),
  length: z.number().int().min(1).max(210),
  size: z.number().int().min(1).max(255).optional(),
})

const user = z.strictObject({
  id,
  loginName,
  firstName: text(64).default(''),
  lastName: text(64).default(''),
  ...secrets,
  roles: z
    .array(z.enum(['Agent', 'Supervisor']))
    .min(1, 'must name at least one role')
    .max(2)
    .default(['Agent']),
  teamId: id,
  extensions: z.array(dialled).max(16).default([]),
  mediaRoutingDomains: z.array(id).max(1000).default([]),
  settings: z
    .strictObject({
      wrapUpOnIncoming: wrapUpMode.default('OPTIONAL'),
      wrapUpOnOutgoing: wrapUpMode.default('NOT_ALLOWED'),
      wrapUpSeconds: seconds(1, 7200).default(30),
    })
    .prefault({}),
  mobileAgent: z.boolean().default(false),
  supervises: z.array(id).max(10_000).default([]),
})

/** The directory file, version 1. Unknown keys are errors everywhere. */
export const directoryFile = z.strictObject({
  version: z.literal(1),
  platform: z.enum(['CCE', 'CCX']).default('CCE'),
  settings: settings.prefault({}),
  administrators: z.array(administrator).max(1000).default([]),
  mediaRoutingDomains: z.array(mediaRoutingDomain).max(1000).default([]),
  queues: z.array(queue).max(1000).default([]),
  teams: z.array(team).max(10_000).default([]),
  reasonCodes: z.array(reasonCode).max(400).default([]),
  eccVariables: z.array(eccVariable).max(1000).default([]),
  ...configurationSections,
  users: z.array(user).max(100_000).default([]),
})

/** The directory file after the check of its shape, with defaults filled in. */
export type DirectoryFile = z.output<typeof directoryFile>
