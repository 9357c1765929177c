/** What a call gives to another one that it is joined into, and what becomes of it (`dialog 6.5`, 6.7). */
import type { AnyActorRef, SnapshotFrom } from 'xstate'
import type { CallView, LegView } from '../effects.ts'
import type { JoinAction } from '../wire.ts'
import type { Conference } from './conference.ts'
import type { legMachine } from './leg.ts'
import { type LegBeginning, type LegInput, legView, type MovedLeg, wrapsUp } from './leg-model.ts'
import { agentLeg, type CallContext, callView, legsIn, type OtherCall, outsideLeg, PRESENT, waitsFor } from './model.ts'

/** The states in which a leg can move to another call. */
const MOVABLE: readonly LegBeginning[] = ['ALERTING', 'ACTIVE', 'HELD', 'WRAP_UP']

/** The legs that move to another call: of everybody who is there, but for the agent who joins the calls. */
export function movingLegs(legs: Readonly<Record<string, AnyActorRef | undefined>>, user: string): readonly MovedLeg[] {
  return Object.values(legs).flatMap((actor) => {
    const snapshot: SnapshotFrom<typeof legMachine> | undefined = actor?.getSnapshot()
    if (snapshot === undefined || snapshot.context.user === user) return []
    const { state } = legView(snapshot)
    const begins = MOVABLE.find((each) => each === state)
    return begins === undefined ? [] : [{ begins, leg: snapshot.context }]
  })
}

/** The last view of a call that was joined into another one: everybody has left it through that (V61). */
export function joinedView(context: CallContext, how: JoinAction, at: number): CallView {
  const { secondaryId: _, ...view } = callView({ value: 'DROPPED', context: joinedContext(context, how, at) })
  return view
}

/** The call that was joined into another one. */
export function joinedContext(context: CallContext, how: JoinAction, at: number): CallContext {
  const legs = Object.entries(context.legs).map(([id, leg]) => [id, left(leg, at)] as const)
  return { ...context, callType: how, legs: Object.fromEntries(legs), agents: [] }
}

/** The leg of an agent as it is after a transfer. `undefined` if the agent is not there. */
export function leftByTransfer(actor: AnyActorRef | undefined, at: number): LegView | undefined {
  const snapshot: SnapshotFrom<typeof legMachine> | undefined = actor?.getSnapshot()
  if (snapshot === undefined) return undefined
  const view = legView(snapshot)
  if (!wrapsUp(snapshot.context)) return left(view, at)
  const { talksElsewhere: _, ...leg } = view
  return { ...leg, state: 'WRAP_UP', stateChangeTime: at }
}

/** The number of the next party outside, of a call with these legs. */
export const nextOutsideNumber = (legs: readonly string[]): number =>
  Math.max(0, ...legs.flatMap((id) => id.split('#+')[1] ?? []).map(Number)) + 1

const left = ({ talksElsewhere: _, ...leg }: LegView, at: number): LegView =>
  leg.state === 'DROPPED' ? leg : { ...leg, state: 'DROPPED', stateCause: 'OTHER', stateChangeTime: at }

/** The legs of another call, as those of this one. Parties outside get the next free numbers. */
export function arrivingLegs(
  { dialog, legs }: CallContext,
  moved: readonly MovedLeg[],
  at: number,
): readonly LegInput[] {
  let number = nextOutsideNumber(Object.keys(legs)) - 1
  return moved.map(({ begins, leg: before }) => {
    const { user, mediaAddress, wrapUp, ringMs } = before
    if (user === undefined) number += 1
    const leg = user === undefined ? outsideLeg(dialog, number) : agentLeg(dialog, user)
    const agent = user === undefined ? {} : { user }
    return { dialog, leg, begins, mediaAddress, ...agent, wrapUp, ringMs, moved: before, at }
  })
}

/**
 * How many parties the call has when these legs have come. After a transfer the agent who joined the calls is gone. The
 * agent counts for whom the call waits in a queue.
 */
export function partiesWith(
  context: CallContext,
  { legs: moved, how, queue }: Pick<OtherCall, 'legs' | 'queue'> & { readonly how: JoinAction },
): number {
  const come = moved.filter(({ begins }) => begins !== 'WRAP_UP').length
  const isExpected = (queue ?? waitsFor(context))?.outcome === 'WAITING'
  return legsIn(context, ...PRESENT).length + come + (isExpected ? 1 : 0) - (how === 'TRANSFER' ? 1 : 0)
}

/** The agent at whom the queue of a call lets it ring, whose legs come here. `undefined` if it waits. */
export function ringingAgent({ legs, queue }: Pick<OtherCall, 'legs' | 'queue'>): string | undefined {
  if (queue?.outcome !== 'RINGING') return undefined
  return legs.find(({ begins, leg }) => (queue.leg === undefined ? begins === 'ALERTING' : leg.leg === queue.leg))?.leg
    .user
}

/** The conference that two joined calls are. A conference stays one, whoever is transferred into it or out of it. */
export function conferenceOf(
  context: CallContext,
  other: Conference | undefined,
  { how, user, terms }: { readonly how: JoinAction; readonly user: string; readonly terms: Conference['terms'] },
): Conference | undefined {
  if (how === 'CONFERENCE') return { controller: user, terms }
  const known = context.conference ?? other
  return known && { controller: known.controller === user ? '' : known.controller, terms }
}
