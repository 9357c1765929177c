/** The aggregate of a call: it runs `machines/call.ts` and exchanges messages with the agents of the call. */
import type { SnapshotFrom } from 'xstate'
import { agentLeg } from '../../../../machines/call/model.ts'
import { type Effect, isEffect } from '../../../../machines/effects.ts'
import type { CallFailure } from '../../../../machines/failures.ts'
import { type CallEvent, callMachine } from '../../../../machines/index.ts'
import { VOICE_MRD } from '../../../directory/model.ts'
import type { ByKind, OfKind } from '../../by-type.ts'
import type { Input, Message } from '../../input.ts'
import type { TreeProbe } from '../../inspection/probe.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import type { Output } from '../../output.ts'
import type { Json } from '../../ports.ts'
import { actorTree } from '../actor-tree.ts'
import type { Behaviour } from '../behaviour.ts'
import { NETWORK } from '../network/behaviour.ts'
import { acdOutputs, acdSight } from './acd-side.ts'
import { eventsOfAcd, misfit } from './far-end.ts'
import { cannotListen } from './monitor.ts'
import { nailIn, nailOutputs } from './nailed.ts'

const EVENTS: Partial<ByKind<Message, [at: number], CallEvent>> = {
  call: (body, at) => ({ ...body.event, at }),
  ringAt: (body, at) => ({ ...body, type: 'RINGS', at }),
  queueRemoved: (_, at) => ({ type: 'QUEUE_REMOVED', at }),
  legTaken: (body, at) => ({ type: 'LEG_TAKEN', user: body.user, at }),
  numberIs: (body, at) => ({
    type: 'NUMBER_IS',
    number: body.number,
    ...(body.line === undefined ? {} : { line: body.line }),
    at,
  }),
  reservationOver: (body, at) => ({ type: 'RESERVATION_OVER', isRefused: body.isRefused, at }),
  legRefused: (body, at) => ({ type: 'LEG_REFUSED', user: body.user, at }),
  wrapUpOver: (body, at) => ({ type: 'WRAP_UP_OVER', user: body.user, at }),
  agentSignedOut: (body, at) => ({ type: 'AGENT_SIGNED_OUT', user: body.user, at }),
  agentLeaves: (body, at) => ({ type: 'AGENT_LEAVES', user: body.user, leaves: body.leaves, at }),
  agentTalks: (body, at) => ({ type: 'AGENT_TALKS', user: body.user, elsewhere: body.elsewhere, at }),
  holdForOther: (body, at) => ({ type: 'HOLD_FOR_OTHER', user: body.user, at }),
  lineIsFree: (body, at) => ({ type: 'LINE_IS_FREE', user: body.user, requestId: body.requestId, at }),
  joinsInto: (body, at) => ({ ...body, type: 'JOINS_INTO', at }),
  legsCome: (body, at) => ({ ...body, type: 'LEGS_COME', at }),
  hasJoined: (body, at) => ({ ...body, type: 'HAS_JOINED', at }),
  nailEnds: (_, at) => ({ type: 'CALLER_HANGS_UP', at }),
  phoneFails: (body, at) => ({ type: 'PHONE_FAILS', user: body.user, at }),
  monitoringEnds: (body, at) => ({ type: 'MONITORING_ENDS', user: body.user, at }),
  bargesIn: (body, at) => ({ ...body, type: 'BARGES_IN', at }),
  hasBargedIn: (_, at) => ({ type: 'HAS_BARGED_IN', at }),
}

function eventOf<Kind extends Message['type']>(body: OfKind<Message, Kind>, at: number): CallEvent | undefined {
  return EVENTS[body.type]?.(body, at)
}

function outputsOf(effect: Effect): readonly Output[] {
  switch (effect.type) {
    case 'leg': {
      const { type, user, ...news } = effect
      return [{ type: 'send', to: `user/${user}`, body: { type, ...news } }]
    }
    case 'leg.takesLine': {
      const { type: _, user, ...taken } = effect
      return [{ type: 'send', to: `user/${user}`, body: { type: 'takesLine', ...taken } }]
    }
    case 'leg.joins': {
      const { type: _, user, ...joining } = effect
      return [{ type: 'send', to: `user/${user}`, body: { type: 'joins', ...joining } }]
    }
    case 'call.sendsLegs': {
      const { into, joining, other, requestId } = effect
      return [{ type: 'send', to: `call/${into}`, body: { type: 'legsCome', ...joining, ...other, requestId } }]
    }
    case 'call.hasJoined':
      return [{ type: 'send', to: `call/${effect.dialog}`, body: { type: 'hasJoined', ...effect.joining } }]
    case 'call.hasBargedIn':
      return [{ type: 'send', to: `call/${effect.dialog}`, body: { type: 'hasBargedIn' } }]
    case 'leg.failed': {
      const { user, dialog, failure, detail, requestId } = effect
      return [{ type: 'send', to: `user/${user}`, body: { type: 'legFailed', dialog, failure, detail, requestId } }]
    }
    case 'call.consults': {
      const { consult, requestId } = effect
      return [{ type: 'send', to: `queue/${VOICE_MRD}`, body: { type: 'consults', consult, requestId } }]
    }
    case 'network.dialled': {
      const { dialog: _, type: __, ...dialled } = effect
      return [{ type: 'send', to: NETWORK, body: { type: 'dialled', ...dialled } }]
    }
    case 'customer.reached':
      return [{ type: 'send', to: `queue/${VOICE_MRD}`, body: { type: 'reaches', reached: effect.reached } }]
    case 'reservation.over': {
      const { reservation, isRefused } = effect
      return [{ type: 'send', to: `call/${reservation}`, body: { type: 'reservationOver', isRefused } }]
    }
    case 'campaign.news': {
      const { type: _, campaign, ...news } = effect
      return [{ type: 'send', to: `campaign/${campaign}`, body: { type: 'campaignNews', ...news } }]
    }
    case 'rejected':
      return [{ type: 'reply', rejected: effect.rejection }]
    case 'queue.waits': {
      const { queue, type: _, dialog: call, ...place } = effect
      const body = { type: 'callWaits', call, ...place } as const
      return [{ type: 'send', to: `voice-queue/${queue}`, body }]
    }
    case 'queue.notTaken': {
      const { queue, dialog: call, user, isRefused } = effect
      return [{ type: 'send', to: `voice-queue/${queue}`, body: { type: 'callNotTaken', call, user, isRefused } }]
    }
    case 'queue.left':
      return [{ type: 'send', to: `voice-queue/${effect.queue}`, body: { type: 'callLeftQueue', call: effect.dialog } }]
    case 'deadline.armed':
      return [{ type: 'arm', owner: effect.owner, name: effect.name, due: effect.due }]
    case 'deadline.cleared':
      return [{ type: 'clear', owner: effect.owner, name: effect.name }]
    default:
      return []
  }
}

/** The failure of a join or barge in which the call `id` could not take its step. `undefined` for other messages. */
function joinFailure(body: Message, id: string, failure: CallFailure): Effect | undefined {
  if (body.type === 'bargesIn') {
    const { supervisor: user, extension, requestId } = body
    return { type: 'leg.failed', user, dialog: id, failure, detail: `BARGE_CALL on extension ${extension}`, requestId }
  }
  if (body.type !== 'joinsInto' && body.type !== 'legsCome') return undefined
  const { user, how, requestId } = body
  const dialog = body.type === 'joinsInto' ? body.into : id
  return { type: 'leg.failed', user, dialog, failure, detail: how, requestId }
}

/** A reservation, or the call that follows from it, could not begin. */
function lostToCampaign(dialog: string, event: Extract<Message, { type: 'call' }>['event']): readonly Output[] {
  if (event.type === 'REACHES')
    return [
      { type: 'send', to: `call/${event.reached.reservation}`, body: { type: 'reservationOver', isRefused: true } },
    ]
  if (event.type !== 'RESERVES') return []
  const { user, contacts, facts } = event
  const results = contacts.map(({ record }) => ({ record, result: 'UNTRIED' as const }))
  const news = { what: 'ENDS', user, how: 'REFUSED', results } as const
  return [{ type: 'send', to: `campaign/${facts.campaign}`, body: { type: 'campaignNews', dialog, news } }]
}

export class CallBehaviour implements Behaviour {
  readonly #id: string
  readonly #tree

  /** `dialog`: id of the call. */
  constructor(dialog: string, state?: Json, probe?: TreeProbe) {
    this.#id = dialog
    this.#tree = actorTree(callMachine, dialog, { dialog }, isEffect, state, probe)
  }

  get inspected(): Inspectable {
    return { kind: 'tree', root: this.#tree.actor }
  }

  get snapshot(): SnapshotFrom<typeof callMachine> {
    return this.#tree.actor.getSnapshot()
  }

  /** The call is over, or it never began because its arrival failed. */
  get finished(): boolean {
    return this.#isOver || Object.keys(this.snapshot.context.legs).length === 0
  }

  get #isOver(): boolean {
    return this.snapshot.status === 'done'
  }

  step(input: Input, at: number): readonly Output[] {
    const nailed = nailIn(this.snapshot)
    const before = acdSight(this.snapshot)
    const outputs = [...this.#apply(input, at).flatMap(outputsOf), ...misfit(before, input)]
    return [
      ...outputs,
      ...acdOutputs(before, acdSight(this.snapshot), input, at),
      ...nailOutputs(nailed, this.snapshot),
    ]
  }

  /**
   * The call ended earlier in the same tick. The user who asked for the action gets the failure of an invalid action
   * (E3).
   */
  #tooLate(input: Input): readonly Effect[] {
    const failed = input.kind === 'message' ? joinFailure(input.body, this.#id, 'INVALID_CALL_ACTION') : undefined
    if (failed) return [failed]
    if (input.kind !== 'call' || !('user' in input.event)) return []
    const { event } = input
    const { type, user, requestId = '' } = event
    const { dialog, legs } = this.snapshot.context
    const extension =
      'targetMediaAddress' in event ? event.targetMediaAddress : legs[agentLeg(dialog, user)]?.mediaAddress
    const detail = `${type} on extension ${extension ?? ''}`
    return [{ type: 'leg.failed', user, dialog, failure: 'INVALID_CALL_ACTION', detail, requestId }]
  }

  persist(): Json {
    return this.#tree.persist()
  }

  /** Gives the call back to the queue, which would wait for ever otherwise. A join that fails is reported. */
  afterFailure(input: Input): readonly Output[] {
    if (input.kind !== 'message') return []
    const { from, body } = input
    const failed = joinFailure(body, this.#id, 'CALL_OPERATION_FAILED')
    if (failed) return outputsOf(failed)
    if (body.type === 'call' && body.event.type === 'ARRIVES' && body.event.acd) {
      const { user, acd } = body.event
      return [{ type: 'send', to: from, body: { type: 'acdCallFailed', user, call: acd.call, offer: acd.offer } }]
    }
    if (body.type === 'call' && body.event.type === 'NAILS')
      return [{ type: 'send', to: `user/${body.event.user}`, body: { type: 'nail', dialog: this.#id, is: 'FAILED' } }]
    if (body.type === 'call' && body.event.type === 'MONITORS') {
      const { monitor, requestId = '' } = body.event
      return [{ type: 'send', to: `user/${monitor.supervisor}`, body: cannotListen(requestId) }]
    }
    if (body.type === 'call') return lostToCampaign(this.#id, body.event)
    if (body.type !== 'ringAt') return []
    const { user } = body
    return [{ type: 'send', to: from, body: { type: 'callNotTaken', call: this.#id, user, isRefused: true } }]
  }

  #apply(input: Input, at: number): readonly Effect[] {
    if (this.#isOver) return this.#tooLate(input)
    if (input.kind === 'call') return this.#tree.send({ ...input.event, at })
    const ofAcd = eventsOfAcd(acdSight(this.snapshot), input, at)
    if (ofAcd) return ofAcd.flatMap((each) => this.#tree.send(each))
    if (input.kind === 'deadline') return this.#tree.sendTo(input.owner, { type: input.name, at })
    const event = input.kind === 'message' ? eventOf(input.body, at) : undefined
    if (!event) throw new Error(`a call takes no such ${input.kind}`)
    return this.#tree.send(event)
  }
}
