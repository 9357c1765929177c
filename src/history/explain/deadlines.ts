/** Describes deadlines in words. */
import type { DeadlineName } from '../../../machines/effects.ts'
import type { RuleId } from '../../../machines/index.ts'
import type { Deadline } from '../../engine/aggregate/deadlines.ts'
import type { Upcoming } from './explanation.ts'

/** The call of a leg. */
const callOf = (leg: string): string => leg.split('#')[0] ?? ''

/** Title, rule and effect of each deadline. `owner` is a dialog, a call, a leg of it, `user`, or `presence:A`. */
const MEANING: Readonly<
  Record<DeadlineName, { readonly title: string; readonly rule: RuleId; effect(owner: string): string }>
> = {
  START_TIMEOUT: {
    title: 'Start Timeout',
    rule: 'R1',
    effect: (owner) =>
      `the offer of dialog ${owner} ends, the task goes back, and the agent is not routable in the MRD`,
  },
  MAX_TASK_DURATION: {
    title: 'longest task duration',
    rule: 'D16',
    effect: (owner) => `dialog ${owner} is closed because it has been open too long`,
  },
  TRANSFER_TIMEOUT: {
    title: 'transfer time-out',
    rule: 'D11',
    effect: (owner) => `the transfer of dialog ${owner} fails and the dialog stays, unless the ACD answers`,
  },
  PRESENCE_GRACE_OVER: {
    title: 'end of the grace period',
    rule: 'P2',
    effect: (owner) => `the agent is signed out by force, unless a session comes on side ${owner.slice(-1)}`,
  },
  WRAP_UP_TIMEOUT: { title: 'end of wrap-up', rule: 'user 5.6', effect: () => 'wrap-up after the call ends' },
  RING_TIMEOUT: {
    title: 'ringing time-out',
    rule: 'V10',
    effect: (owner) => `call ${owner} stops ringing as not answered`,
  },
  ANSWER_DUE: {
    title: 'answer outside',
    rule: 'V24',
    effect: (owner) => `the party outside answers call ${callOf(owner)}`,
  },
  TALK_OVER: {
    title: 'end of the talk outside',
    rule: 'V30',
    effect: (owner) => `the party outside hangs up call ${callOf(owner)}`,
  },
  FAILURE_TIMEOUT: {
    title: 'end of the failed attempt',
    rule: 'V27',
    effect: (owner) => `call ${callOf(owner)} is removed, because the agent did not hang up`,
  },
  NUMBER_TIMEOUT: {
    title: "time for the ACD's answer about a number outside",
    rule: 'V25',
    effect: (owner) => `the attempt of call ${owner} to reach a number outside fails, unless the ACD answers`,
  },
  TASK_LIFE: {
    title: 'task life',
    rule: 'D19',
    effect: (owner) => `dialog ${owner} is closed, because its application path is down`,
  },
  QUEUE_TIMEOUT: {
    title: 'queue time-out',
    rule: 'V10',
    effect: (owner) => `call ${owner} leaves the queue and ends, unless it was answered`,
  },
  LINE_DUE: {
    title: 'end of ringing at a customer of a campaign',
    rule: 'V113',
    effect: (owner) => `the dialler of reservation ${owner} reaches a customer, or gives up`,
  },
  CAMPAIGN_DUE: {
    title: 'next call of a campaign',
    rule: 'dialog 5.1',
    effect: () => 'the campaign calls a customer again',
  },
  OVERFLOW_DUE: {
    title: 'next stage of the overflow',
    rule: 'media 4.5',
    effect: () => 'the longest waiting contact of the queue is offered to more agents',
  },
  LATE_CONFIRMATION: {
    title: 'late confirmation',
    rule: 'D11',
    effect: (owner) => `the simulated ACD confirms the transfer of dialog ${owner.split('#')[0]} too late`,
  },
}

/** For example `Start Timeout of dialog 1000_1001_5002`. */
export function deadlineTitle(name: DeadlineName, owner: string): string {
  const { title } = MEANING[name]
  if (['user', 'campaign', 'queue'].includes(owner)) return title
  if (owner.startsWith('presence:')) return `${title} without presence on side ${owner.slice(-1)}`
  return `${title} of ${owner.includes('_') ? 'dialog' : 'call'} ${owner.split('#')[0]}`
}

export function upcoming({ name, owner, due }: Deadline): Upcoming {
  const { rule, effect } = MEANING[name]
  return { due, name, owner, rule, text: effect(owner) }
}
