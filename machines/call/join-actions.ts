/**
 * The actions of calls that are joined.
 *
 * The call on hold asks the agent's line for the active call, and that call sends its legs. They come to the call on
 * hold, which tells the agents of both calls, in the order of `dialog 6.5`. Only then the other call ends. If anything
 * is refused on the way, neither call has changed.
 */
import { assertEvent, enqueueActions } from 'xstate'
import type { CallView, Effect } from '../effects.ts'
import type { CallFailure } from '../failures.ts'
import type { CampaignCall } from './campaign.ts'
import { guarded, newLeg } from './guards.ts'
import { arrivingLegs, conferenceOf, joinedContext, joinedView, movingLegs, ringingAgent } from './joining.ts'
import { agentLeg, type CallContext, type CallEvent, callView, legsIn, type OtherCall, waitsFor } from './model.ts'
import { TIMEOUT } from './queue.ts'

type LegNews = Extract<Effect, { type: 'leg' }>

interface Telling {
  readonly change: LegNews['change']
  readonly call: CallView
  readonly requestId?: string | undefined
}

/** What an agent of joined calls is told about one of them. */
export const news = (user: string, leg: LegNews['leg'], { change, call, requestId = '' }: Telling): LegNews => ({
  type: 'leg',
  user,
  change,
  leg,
  notAnswered: false,
  call,
  requestId,
})

/** The agent's state does not follow from this alone: the other call counts too. */
const joined = (told: LegNews): LegNews => ({ ...told, joined: true })

/** The call as clients see it while somebody is connected. */
export const nowActive = (context: CallContext): CallView => callView({ value: 'ACTIVE', context })

/** The joined calls, and who is told about them. */
function tellings(context: CallContext, event: Extract<CallEvent, { type: 'LEGS_HAVE_COME' }>): readonly LegNews[] {
  const { how, user, last, requestId, agents: ofOther } = event
  const own = agentLeg(context.dialog, user)
  const arrived = ofOther.map((agent) => agentLeg(context.dialog, agent)).filter((leg) => leg !== own)
  const now = nowActive(context)
  const after = nowActive(withoutLeft(context))
  const stateOf = (leg: string) => context.legs[leg]?.state ?? 'DROPPED'
  const tell = (leg: string, telling: Telling) => news(context.legs[leg]?.user ?? '', stateOf(leg), telling)
  const changed = (leg: string) => tell(leg, { change: 'CHANGED', call: after })
  const comes = arrived.map((leg) => joined(tell(leg, { change: 'ADDED', call: now })))
  const ends = ofOther.map((agent) => joined(news(agent, 'DROPPED', { change: 'REMOVED', call: last })))
  const others = context.agents.filter((leg) => leg !== own && !arrived.includes(leg)).map(changed)
  const hasLeft = stateOf(own) === 'DROPPED'
  const asker = tell(own, { change: hasLeft ? 'REMOVED' : 'CHANGED', call: now, requestId })
  if (how === 'CONFERENCE') return [asker, ...others, ...comes, ...ends]
  return [...comes, ...ends, asker, ...(hasLeft ? arrived.map(changed) : []), ...others]
}

/** The call without the parties that have left. */
export const withoutLeft = (context: CallContext): CallContext => ({
  ...context,
  legs: Object.fromEntries(Object.entries(context.legs).filter(([, { state }]) => state !== 'DROPPED')),
})

/** The customer of a campaign is in another call now. */
const moved = ({ isOwn: _, ...campaignCall }: CampaignCall): CampaignCall => campaignCall

/** The queue that still has the call, for the call that takes its place. */
function queueOf(context: CallContext): Pick<OtherCall, 'queue'> {
  const queue = waitsFor(context)
  return queue ? { queue } : {}
}

interface Failing {
  readonly user: string
  readonly action: string
  readonly failure: CallFailure
  readonly requestId: string
  /** The call that the agent is told about. Absent if it is this one. */
  readonly dialog?: string
}

/** What an agent is told about an action that has failed. */
export const failed = (context: CallContext, { user, action, dialog = context.dialog, ...what }: Failing): Effect => {
  const extension = context.legs[agentLeg(context.dialog, user)]?.mediaAddress ?? ''
  return { type: 'leg.failed', user, dialog, detail: `${action} on extension ${extension}`, ...what }
}

export const joins = {
  askForLegs: guarded.enqueueActions(({ context: { dialog }, event, enqueue }) => {
    assertEvent(event, ['TRANSFER', 'CONFERENCE'])
    const { type: how, user, terms, requestId = '' } = event
    enqueue.emit({ type: 'leg.joins', user, dialog, how, terms, requestId })
  }),
  sendLegs: guarded.enqueueActions(({ context, event, enqueue, self }) => {
    assertEvent(event, 'JOINS_INTO')
    const { into, how, user, terms, at, requestId = '' } = event
    const { dialog, agents, conference, campaignCall } = context
    enqueue.emit({
      type: 'call.sendsLegs',
      dialog,
      into,
      joining: { how, user, terms },
      other: {
        legs: movingLegs(self.getSnapshot().children, user),
        last: joinedView(context, how, at),
        agents: agents.flatMap((leg) => context.legs[leg]?.user ?? []),
        ...(conference ? { conference } : {}),
        ...(campaignCall ? { campaignCall: moved(campaignCall) } : {}),
        ...queueOf(context),
      },
      requestId,
    })
  }),
  takeLegs: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'LEGS_COME')
    const come = arrivingLegs(context, event.legs, event.at)
    const views = come.map((party) => [party.leg, newLeg(spawn, party)] as const)
    const agents = come.flatMap(({ leg, user }) => (user === undefined ? [] : [leg]))
    const conference = conferenceOf(context, event.conference, event)
    const campaignCall = context.campaignCall ?? event.campaignCall
    return {
      legs: { ...context.legs, ...Object.fromEntries(views) },
      agents: [...context.agents, ...agents],
      // The other call is part of this one, whichever of them was the consult call.
      associatedDialog: undefined,
      secondaryId: event.last.dialog,
      callType: conference ? 'CONFERENCE' : 'TRANSFER',
      ...(conference ? { conference } : {}),
      ...(campaignCall ? { campaignCall } : {}),
    }
  }),
  /** The call takes the place of the other one in its queue, or still rings at the agent whom the queue has selected. */
  takePlace: guarded.enqueueActions(({ context: { dialog }, event, enqueue }) => {
    assertEvent(event, 'LEGS_COME')
    const { queue, last } = event
    if (!queue) return
    const user = ringingAgent(event)
    const { leg: _, ...kept } = queue
    enqueue.assign({ queue: { ...kept, ...(user === undefined ? {} : { leg: agentLeg(dialog, user) }) } })
    enqueue.emit({ type: 'deadline.armed', owner: dialog, name: TIMEOUT, due: queue.due })
    const insteadOf = { call: last.dialog, offeredTo: user ?? '' }
    enqueue.emit({ type: 'queue.waits', queue: queue.id, dialog, insteadOf })
  }),
  /** The agent who joins the calls leaves them, or is connected to all parties. Then the agents are told. */
  moveOwnLeg: guarded.enqueueActions(({ context, event, enqueue, self }) => {
    assertEvent(event, 'LEGS_COME')
    const { how, user, at } = event
    const type = how === 'TRANSFER' ? 'TRANSFERS' : 'CONFERENCES'
    enqueue.sendTo(agentLeg(context.dialog, user), { type, by: user, at })
    enqueue.sendTo(self, { ...event, type: 'LEGS_HAVE_COME' })
  }),
  tellJoined: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LEGS_HAVE_COME')
    const { how, user, terms, last } = event
    for (const each of tellings(context, event)) enqueue.emit(each)
    for (const [leg] of legsIn(context, 'DROPPED')) enqueue.stopChild(leg)
    const { legs } = withoutLeft(context)
    enqueue.assign({ legs, agents: context.agents.filter((leg) => Object.hasOwn(legs, leg)) })
    enqueue.emit({ type: 'call.hasJoined', dialog: last.dialog, joining: { how, user, terms } })
  }),
  leaveJoined: guarded.assign(({ context, event }) => {
    assertEvent(event, 'HAS_JOINED')
    return joinedContext(context, event.how, event.at)
  }),
  failJoin: enqueueActions<
    CallContext,
    CallEvent,
    { failure: CallFailure },
    CallEvent,
    never,
    never,
    never,
    never,
    Effect
  >(({ context, event, enqueue }, { failure }) => {
    const user = 'user' in event ? event.user : ''
    const action = 'how' in event ? event.how : event.type
    const dialog = 'into' in event ? event.into : context.dialog
    enqueue.emit(failed(context, { user, action, failure, requestId: event.requestId ?? '', dialog }))
  }),
  clearParticipant: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'PARTICIPANT_DROP')
    const { user, targetMediaAddress, at, requestId } = event
    const asked = { by: user, ...(requestId === undefined ? {} : { requestId }) }
    for (const [leg, party] of Object.entries(context.legs))
      if (party.user !== undefined && party.mediaAddress === targetMediaAddress)
        enqueue.sendTo(leg, { type: 'CLEARED', ...asked, at })
  }),
  /** One of several parties has left. It gets the DELETE, and the others are told, once with it and once without. */
  leaveOthers: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'LEG_CHANGED')
    const after = withoutLeft(context)
    const [now, then] = [nowActive(context), nowActive(after)]
    const hadLeft = event.was === 'WRAP_UP'
    for (const leg of context.agents) {
      const { user = '', state = 'DROPPED' } = context.legs[leg] ?? {}
      const isOwn = leg === event.leg
      const requestId = event.by === user ? event.requestId : ''
      const tell = (change: LegNews['change'], call: CallView, id = '') => {
        const told = news(user, state, { change, call, requestId: id })
        const notAnswered = isOwn && (event.cause === 'RING_TIMEOUT' || event.cause === 'AGENT_SIGNED_OUT')
        enqueue.emit({ ...told, notAnswered })
      }
      if (isOwn) tell('REMOVED', now, requestId)
      else if (hadLeft) tell('CHANGED', then)
      else {
        tell('CHANGED', now, requestId)
        tell('CHANGED', then)
      }
    }
    enqueue.stopChild(event.leg)
    const { singleStep } = context
    const isQueued = singleStep?.destination.kind === 'queue'
    enqueue.assign({
      legs: after.legs,
      agents: context.agents.filter((leg) => leg !== event.leg),
      ...(singleStep?.leg === event.leg ? { singleStep: isQueued ? { ...singleStep, leg: '' } : undefined } : {}),
    })
  }),
}
