/** The actions of calls of campaigns. */
import { assertEvent, enqueueActions } from 'xstate'
import type { Effect } from '../effects.ts'
import {
  answered,
  isPreview,
  type Line,
  lineAfter,
  nextDue,
  type Reservation,
  type ReservationEnd,
  reservationType,
  resultsOf,
  withoutOverdue,
  withResponse,
  withStatus,
} from './campaign.ts'
import { guarded, newLeg, SILENT } from './guards.ts'
import { agentLeg, type CallContext, type CallEvent, legsIn, outsideLeg } from './model.ts'

/** The deadline at which a number answers, or the dialler gives it up. */
const LINE_DUE = 'LINE_DUE'

/** What the end of the agent's leg says about the reservation. */
function endOf({ isTaken }: Reservation, event: CallEvent): ReservationEnd {
  assertEvent(event, 'LEG_CHANGED')
  switch (event.cause) {
    case 'REFUSED':
      return isTaken ? 'LEFT' : 'REFUSED'
    case 'REJECT':
      return 'REJECTED'
    case 'CLOSE':
      return 'CLOSED'
    case 'RING_TIMEOUT':
      return 'TIMED_OUT'
    case 'AGENT_SIGNED_OUT':
      return 'LEFT'
    default:
      return 'DIALLED'
  }
}

const userOf = ({ legs }: CallContext): string => Object.values(legs).find(({ user }) => user !== undefined)?.user ?? ''

/** The reservation with the line of this record changed. */
const withLine = (reservation: Reservation, record: string, change: Pick<Line, 'state'>): Reservation => ({
  ...reservation,
  lines: reservation.lines.map((line) => (line.record === record ? { ...line, ...change } : line)),
})

/** The contact of a reservation that has one only. */
function onlyRecord({ lines: [first, ...others] }: Reservation): { readonly record?: string } {
  return first && others.length === 0 ? { record: first.record } : {}
}

export const campaigns = {
  reserve: guarded.assign(({ context: { dialog }, event, spawn }) => {
    assertEvent(event, 'RESERVES')
    const { user, extension, dialler: number, queue, contacts, variables, previewMs, noAnswerMs, facts, at } = event
    const [own, port] = [agentLeg(dialog, user), outsideLeg(dialog, 1)]
    const { wrapUp } = facts
    const agent = { dialog, leg: own, mediaAddress: extension, user, wrapUp, ringMs: previewMs, at } as const
    const line = { dialog, leg: port, mediaAddress: number, ...SILENT, isDialler: true, at } as const
    return {
      fromAddress: number,
      toAddress: extension,
      callType: reservationType(facts),
      variables: withStatus(variables, facts, 'reservation'),
      legs: {
        [own]: newLeg(spawn, { ...agent, begins: 'ALERTING' }),
        [port]: newLeg(spawn, { ...line, begins: 'INITIATED' }),
      },
      agents: [own],
      unanswered: 'ALERTING' as const,
      reservation: {
        ...facts,
        queue,
        isTaken: false,
        noAnswerMs,
        lines: contacts.map((contact) => ({ ...contact, state: 'WAITS' as const })),
      },
    }
  }),
  noteTaken: guarded.assign(({ context: { reservation } }) =>
    reservation ? { reservation: { ...reservation, isTaken: true } } : {},
  ),
  /** Without a preview nobody is asked. */
  acceptForAgent: guarded.enqueueActions(({ context, event: { at }, enqueue }) => {
    for (const [leg] of legsIn(context, 'ALERTING')) enqueue.sendTo(leg, { type: 'ACCEPT', at })
  }),
  noteAccepted: guarded.assign({ unanswered: 'ACCEPTED' }),
  dialContacts: guarded.enqueueActions(({ context: { dialog, reservation }, enqueue }) => {
    for (const [line, { number, record }] of (reservation?.lines ?? []).entries())
      enqueue.emit({ type: 'network.dialled', dialog, number, line, record })
  }),
  noteLine: guarded.assign(({ context: { reservation }, event }) => {
    assertEvent(event, 'NUMBER_IS')
    if (!reservation) return {}
    const { noAnswerMs, lines } = reservation
    return {
      reservation: {
        ...reservation,
        lines: lines.map((line, place) =>
          place === event.line ? lineAfter(line, event.number, noAnswerMs, event.at) : line,
        ),
      },
    }
  }),
  timeLines: guarded.enqueueActions(({ context: { dialog, reservation }, enqueue }) => {
    const due = reservation && nextDue(reservation)
    if (due !== undefined) enqueue.emit({ type: 'deadline.armed', owner: dialog, name: LINE_DUE, due })
  }),
  giveUpLines: guarded.assign(({ context: { reservation }, event: { at } }) =>
    reservation ? { reservation: { ...reservation, lines: withoutOverdue(reservation.lines, at) } } : {},
  ),
  /** The other numbers ring no more. */
  reachCustomer: guarded.enqueueActions(({ context, event: { at }, enqueue }) => {
    const { dialog, reservation } = context
    const line = answered(reservation, at)
    const user = userOf(context)
    if (!reservation || !line) return
    const { record, number, variables, talkMs = null } = line
    const { campaign, mode, isBlended, isCallback, wrapUp, queue } = reservation
    const extension = context.legs[agentLeg(dialog, user)]?.mediaAddress ?? ''
    enqueue.assign({ reservation: withLine(reservation, record, { state: 'REACHED' }) })
    const facts = { campaign, mode, isBlended, isCallback, wrapUp }
    const contact = { record, number, variables, user, extension, queue, talkMs }
    enqueue.emit({ type: 'customer.reached', reached: { reservation: dialog, ...facts, ...contact } })
  }),
  noteOutcome: guarded.assign(({ context: { reservation }, event }) => {
    assertEvent(event, 'RESERVATION_OVER')
    const reached = reservation?.lines.find(({ state }) => state === 'REACHED')
    if (!reservation || !reached || !event.isRefused) return {}
    return { reservation: withLine(reservation, reached.record, { state: 'ABANDONED' }) }
  }),
  clearReserved: guarded.enqueueActions(({ context: { dialog, agents }, event: { at }, enqueue }) => {
    const [own = dialog] = agents
    enqueue.sendTo(own, { type: 'CLEARED', at })
  }),
  forgetLines: guarded.emit(
    ({ context: { dialog } }): Effect => ({ type: 'deadline.cleared', owner: dialog, name: LINE_DUE }),
  ),
  tellCampaignOfTaking: guarded.enqueueActions(({ context, enqueue }) => {
    const { dialog, reservation } = context
    if (!reservation) return
    const news = { what: 'TAKEN', user: userOf(context) } as const
    enqueue.emit({ type: 'campaign.news', campaign: reservation.campaign, dialog, ...onlyRecord(reservation), news })
  }),
  tellCampaignOfEnd: guarded.enqueueActions(({ context, event, enqueue }) => {
    const { dialog, reservation } = context
    if (!reservation) return
    const news = {
      what: 'ENDS',
      user: userOf(context),
      how: endOf(reservation, event),
      results: resultsOf(reservation),
    } as const
    enqueue.emit({ type: 'campaign.news', campaign: reservation.campaign, dialog, ...onlyRecord(reservation), news })
  }),
  connectCustomer: guarded.assign(({ context: { dialog }, event, spawn }) => {
    assertEvent(event, 'REACHES')
    const { reached, at } = event
    const { user, extension, number, variables, queue, wrapUp, talkMs, campaign, record, reservation } = reached
    const [own, customer] = [agentLeg(dialog, user), outsideLeg(dialog, 1)]
    const begins = 'ACTIVE' as const
    const agent = { dialog, leg: own, begins, mediaAddress: extension, user, wrapUp, ringMs: null, at }
    const manner = { outside: { answers: true, talkMs } }
    const outside = { dialog, leg: customer, begins, mediaAddress: number, ...SILENT, ...manner, at }
    return {
      ...(isPreview(reached) ? { associatedDialog: reservation } : {}),
      fromAddress: extension,
      toAddress: number,
      callType: 'OUTBOUND',
      variables: withStatus(variables, reached, 'customer'),
      legs: { [own]: newLeg(spawn, agent), [customer]: newLeg(spawn, outside) },
      agents: [own],
      unanswered: null,
      acdQueue: queue,
      campaignCall: {
        campaign,
        record,
        isOwn: true as const,
        reservation,
        ...(reached.mode === 'direct-preview' ? { isWithoutReason: true as const } : {}),
        classification: 'VOICE' as const,
      },
    }
  }),
  endReservation: enqueueActions<
    CallContext,
    CallEvent,
    { isRefused: boolean },
    CallEvent,
    never,
    never,
    never,
    never,
    Effect
  >(({ context: { dialog, campaignCall }, enqueue }, { isRefused }) => {
    if (campaignCall?.reservation === undefined) return
    const { reservation, ...kept } = campaignCall
    const { campaign, record } = kept
    enqueue.assign({ campaignCall: kept })
    const news = { what: 'BEGINS', record } as const
    if (!isRefused) enqueue.emit({ type: 'campaign.news', campaign, dialog, record, news })
    enqueue.emit({ type: 'reservation.over', reservation, isRefused })
  }),
  noteResponse: guarded.assign(({ context: { variables }, event }) => {
    assertEvent(event, 'RECLASSIFY')
    return { variables: withResponse(variables, event.classification) }
  }),
  tellCampaignOfClass: guarded.enqueueActions(({ context: { dialog, campaignCall }, event, enqueue }) => {
    assertEvent(event, 'RECLASSIFY')
    if (!campaignCall) return
    const { campaign, record } = campaignCall
    const news = { what: 'CLASSIFIED', record, classification: event.classification } as const
    enqueue.emit({ type: 'campaign.news', campaign, dialog, record, news })
  }),
  noteCallback: guarded.assign(({ context: { campaignCall }, event }) => {
    assertEvent(event, 'UPDATE_SCHEDULED_CALLBACK')
    return campaignCall
      ? { campaignCall: { ...campaignCall, callback: { ...campaignCall.callback, ...event.callback } } }
      : {}
  }),
  forgetCallback: guarded.assign(({ context: { campaignCall } }) => {
    if (!campaignCall) return {}
    const { callback: _, ...kept } = campaignCall
    return { campaignCall: kept }
  }),
  tellCampaignOfCallback: guarded.enqueueActions(({ context: { dialog, campaignCall }, enqueue }) => {
    if (!campaignCall) return
    const { campaign, record, callback } = campaignCall
    const news = { what: 'CALLBACK', record, ...(callback ? { callback } : {}) } as const
    enqueue.emit({ type: 'campaign.news', campaign, dialog, record, news })
  }),
  failCampaign: guarded.emit(
    ({ context: { dialog, legs }, event }): Effect => ({
      type: 'leg.failed',
      user: 'user' in event ? event.user : '',
      dialog,
      failure: 'NO_CAMPAIGN_CALL',
      detail: `${event.type} on extension ${'user' in event ? (legs[agentLeg(dialog, event.user)]?.mediaAddress ?? '') : ''}`,
      requestId: event.requestId ?? '',
    }),
  ),
}
