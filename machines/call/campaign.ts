/**
 * Calls of campaigns (`dialog 5`): the reservation of an agent, behind which a dialler calls customers, and the call with
 * the customer who was reached.
 */
import type { NamedValue } from '../effects.ts'
import type { NumberNews, WrapUp } from './leg-model.ts'

/** How a campaign reaches its customers. */
export const CAMPAIGN_MODES = ['preview', 'direct-preview', 'progressive', 'predictive'] as const
export type CampaignMode = (typeof CAMPAIGN_MODES)[number]

/** What an agent may say about the customer (`dialog 5.1`). */
export const CLASSIFICATIONS = ['VOICE', 'FAX', 'ANS_MACHINE', 'INVALID', 'BUSY', 'DO_NOT_CALL'] as const
export type Classification = (typeof CLASSIFICATIONS)[number]

/** A customer whom the dialler calls. */
export interface Contact {
  /** Id of the record of the campaign. */
  readonly record: string
  readonly number: string
  readonly variables: readonly NamedValue[]
}

/** What became of a contact of a reservation. */
export type ContactResult =
  /** The customer talks with the agent. */
  | 'REACHED'
  | 'BUSY'
  | 'BAD_NUMBER'
  | 'NO_ANSWER'
  /** The customer answered, and the line of the agent was taken by another call. */
  | 'ABANDONED'
  /** Nobody has called the number, or it still rang. */
  | 'UNTRIED'

/** The call of the dialler to one contact. */
export interface Line extends Contact {
  readonly state: 'WAITS' | 'RINGS' | ContactResult
  /** While it rings: when the customer answers, or the dialler gives up (ms since 1970 UTC). Absent otherwise. */
  readonly due?: number
  readonly answers?: boolean
  /** Milliseconds after the answer at which the customer hangs up. `null`: the customer waits until the agent does. */
  readonly talkMs?: number | null
}

/** What a campaign says about all its calls. */
export interface CampaignFacts {
  /** Id of the campaign. */
  readonly campaign: string
  readonly mode: CampaignMode
  /** The agents take calls of customers too. */
  readonly isBlended: boolean
  /** The customer asked to be called back. */
  readonly isCallback: boolean
  readonly wrapUp: WrapUp
}

/** A reservation of an agent. */
export interface Reservation extends CampaignFacts {
  /** The queue that has lent the agent. */
  readonly queue: { readonly number: string; readonly name: string }
  /** The line of the agent has taken it. */
  readonly isTaken: boolean
  /** How long a number rings at most, in milliseconds. */
  readonly noAnswerMs: number
  readonly lines: readonly Line[]
}

/** A time at which the customer wants to be called back, and the number there. */
export interface Callback {
  /** `YYYY-MM-DDThh:mm`, in UTC. */
  readonly callbackTime?: string
  readonly callbackNumber?: string
}

/** The call of a campaign with a customer. */
export interface CampaignCall {
  readonly campaign: string
  readonly record: string
  /** The call was made for the campaign. Absent if a call of the campaign was joined into it. */
  readonly isOwn?: true
  /** The reservation that led to it, as long as the line of the agent has not taken the call. Absent afterwards. */
  readonly reservation?: string
  /** The agent gives no wrap-up reason, as after a direct preview (`dialog 12`). Absent if the agent may. */
  readonly isWithoutReason?: true
  /** What the dialler has heard. */
  readonly classification: Classification
  readonly callback?: Callback
}

/** Why a reservation has ended. */
export type ReservationEnd =
  /** The agent was not available. */
  | 'REFUSED'
  /** The agent has left: by a sign-out, or by another state. */
  | 'LEFT'
  | 'REJECTED'
  | 'CLOSED'
  | 'TIMED_OUT'
  /** The dialler has called. */
  | 'DIALLED'

/** What a call tells its campaign. */
export type CampaignNews =
  | { readonly what: 'TAKEN'; readonly user: string }
  | {
      readonly what: 'ENDS'
      readonly user: string
      readonly how: ReservationEnd
      readonly results: readonly { readonly record: string; readonly result: ContactResult }[]
    }
  /** The customer talks with the agent. */
  | { readonly what: 'BEGINS'; readonly record: string }
  | { readonly what: 'CLASSIFIED'; readonly record: string; readonly classification: Classification }
  /** `callback`: absent if it was cancelled. */
  | { readonly what: 'CALLBACK'; readonly record: string; readonly callback?: Callback }

/** A customer who was reached, for the agent of a reservation. */
export interface Reached extends CampaignFacts, Contact {
  /** The reservation. */
  readonly reservation: string
  readonly user: string
  readonly extension: string
  readonly queue: { readonly number: string; readonly name: string }
  readonly talkMs: number | null
}

/** Does the agent see the reservation, and decide about it? */
export const isPreview = ({ mode }: Pick<CampaignFacts, 'mode'>): boolean =>
  mode === 'preview' || mode === 'direct-preview'

/** `dialog 5.2`. */
export function reservationType({ mode, isCallback }: CampaignFacts): string {
  if (mode === 'direct-preview') return 'OUTBOUND_DIRECT_PREVIEW'
  if (mode === 'preview') return isCallback ? 'OUTBOUND_CALLBACK_PREVIEW' : 'OUTBOUND_PREVIEW'
  return 'OUTBOUND'
}

const STATUS = {
  preview: 'PREVIEW_OUTBOUND',
  'direct-preview': 'DIRECT_PREVIEW_OUTBOUND',
  progressive: 'PROGRESSIVE_OUTBOUND',
  predictive: 'PREDICTIVE_OUTBOUND',
} as const satisfies Readonly<Record<CampaignMode, string>>

/** The variables with the one that says what the call is (`dialog 5.2`). */
export function withStatus(
  variables: readonly NamedValue[],
  { mode, isBlended, isCallback }: CampaignFacts,
  part: 'reservation' | 'customer',
): readonly NamedValue[] {
  const reserves = part === 'reservation'
  // The table names no blended reservation for a callback.
  const blended = isBlended && !(reserves && isCallback) ? 'BLENDED_' : ''
  const value = `${blended}${STATUS[mode]}${reserves ? '_RESERVATION' : ''}`
  return withValue(variables, 'BAStatus', value)
}

/** The variables with what the agent says about the customer. */
export const withResponse = (variables: readonly NamedValue[], value: Classification): readonly NamedValue[] =>
  withValue(variables, 'BAResponse', value)

/** The variables with this value, at the place that the variable has, or at the end. */
const withValue = (variables: readonly NamedValue[], name: string, value: string): readonly NamedValue[] =>
  variables.some((each) => each.name === name)
    ? variables.map((each) => (each.name === name ? { name, value } : each))
    : [...variables, { name, value }]

/** The line after the news of its number. */
export function lineAfter(line: Line, number: NumberNews, noAnswerMs: number, at: number): Line {
  switch (number.outcome) {
    case 'RINGS': {
      const answers = number.answers && number.ringMs <= noAnswerMs
      return {
        ...line,
        state: 'RINGS',
        due: at + (answers ? number.ringMs : noAnswerMs),
        answers,
        talkMs: number.talkMs,
      }
    }
    case 'BUSY':
      return { ...line, state: 'BUSY' }
    default:
      return { ...line, state: 'BAD_NUMBER' }
  }
}

/** When the next number answers, or the dialler gives up (ms since 1970 UTC). `undefined` if none rings. */
export function nextDue({ lines }: Pick<Reservation, 'lines'>): number | undefined {
  const due = lines.flatMap((line) => (line.state === 'RINGS' && line.due !== undefined ? [line.due] : []))
  return due.length === 0 ? undefined : Math.min(...due)
}

/** The customer who has answered by now; `undefined` if nobody has. */
export const answered = ({ lines = [] }: Partial<Pick<Reservation, 'lines'>> = {}, at: number): Line | undefined =>
  lines.find(({ state, due = at, answers }) => state === 'RINGS' && answers === true && due <= at)

/** The lines of which no one rings any more whose time is over. */
export const withoutOverdue = (lines: readonly Line[], at: number): readonly Line[] =>
  lines.map((line) =>
    line.state === 'RINGS' && line.answers !== true && (line.due ?? at) <= at ? { ...line, state: 'NO_ANSWER' } : line,
  )

/** What became of the contacts when the reservation ends. */
export const resultsOf = ({ lines }: Reservation) =>
  lines.map(({ record, state }) => ({
    record,
    result: state === 'WAITS' || state === 'RINGS' ? ('UNTRIED' as const) : state,
  }))
