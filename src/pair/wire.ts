/** What the server that does not own the store asks the owner for, beside the requests of its clients. */
import { z } from 'zod'
import type { Json } from '../engine/ports.ts'

export const PAIR_PATHS = {
  /** `POST`: checks a password or a token. */
  signIn: '/pair/sign-in',
  /** `GET`: the subscriptions of the side. `PUT`: keeps or deletes one. */
  subscriptions: '/pair/subscriptions',
  /** An upgrade to `LINK_PROTOCOL`. */
  link: '/pair/link',
} as const

/** The name of the upgrade. Afterwards the owner is an XMPP client on the connection, and the other one the server. */
export const LINK_PROTOCOL = 'mrdian-link'
/** Header of the upgrade: the password with which the owner signs in to the notification service there. */
export const PASSWORD_HEADER = 'mrdian-link-password'
/** Header of the upgrade: `fresh` or `kept`, see `ServiceLink.isFresh`. */
export const FRONT_HEADER = 'mrdian-link-front'
/** Header of a refused upgrade or request. */
export const REFUSAL_HEADER = 'mrdian-pair-refused'

/** `LOST`: the side is taken to be lost, as a test wants. `SERVED`: the owner serves this side itself. */
export type PairRefusal = 'LOST' | 'SERVED'

export const isPairRefusal = (text: unknown): text is PairRefusal => text === 'LOST' || text === 'SERVED'

/** How often the owner asks over the link whether the other one is there, in ms. */
export const PING_EVERY_MS = 2000
/** After so long without a byte of the other one, in ms, the link is lost. */
export const SILENCE_MS = 8000

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
)

export const signInRequest = z.object({
  /** `null` for a token, which names its user itself. */
  name: z.string().nullable(),
  /** The password, or the token. */
  secret: z.string(),
  /** The address of the client, if it is known. */
  address: z.string().optional(),
})

export type SignInRequest = z.output<typeof signInRequest>

/** `null`: refused. */
export const signInAnswer = z.object({
  principal: z.object({ id: z.string(), kind: z.enum(['user', 'administrator']) }).nullable(),
})

export const subscriptionsAnswer = z.object({ records: z.array(z.object({ key: z.string(), value: json })) })

/** `value`: `null` deletes it. */
export const subscriptionChange = z.object({ key: z.string(), value: json })
