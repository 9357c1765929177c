/** What a call does for an embedder's ACD: it asks it about numbers outside, and passes on what the parties there do. */
import type { Effect } from '../effects.ts'
import type { AcdSide, CallContext, CallEvent, OfferedCall } from './model.ts'

/** The id by which the ACD is asked about the number that this call has dialled last. */
const farOf = ({ dialog, acd }: Pick<CallContext, 'dialog' | 'acd'>): string => `${dialog}/${acd?.dialled ?? 0}`

/** An agent dials a number outside. An embedder's ACD is asked by its id. Without one, the network outside is asked. */
export function dials(
  { dialog, acd }: CallContext,
  number: string,
): { readonly asks: readonly Effect[]; readonly change: Pick<CallContext, 'acd'> } {
  if (acd) return { asks: [], change: { acd: { ...acd, dialled: acd.dialled + 1 } } }
  return { asks: [{ type: 'network.dialled', dialog, number }], change: {} }
}

/** The ACD's id of the number outside that the call has dialled, if the ACD has not said yet how it answers. */
export function dialledFar(context: CallContext): string | undefined {
  const { acd, outgoing, singleStep, legs } = context
  if (!acd) return undefined
  const isTarget = singleStep?.destination.kind === 'outside' && !Object.hasOwn(legs, singleStep.leg)
  const isDialled =
    outgoing?.destination.kind === 'outside' &&
    context.unanswered === 'INITIATED' &&
    legs[outgoing.caller]?.state === 'INITIATED'
  return isTarget || isDialled ? farOf(context) : undefined
}

/** What a call that an embedder's ACD has offered has more than others. */
export function offeredBy(
  { offer: id, call, dialled, callType, queue }: OfferedCall,
  { user, extension }: { readonly user: string; readonly extension: string },
): Pick<CallContext, 'acd' | 'toAddress' | 'callType' | 'dnis' | 'acdQueue'> {
  const acd: AcdSide = { offer: { id, call, user }, dialled: 0 }
  return { acd, toAddress: dialled, callType, dnis: extension, ...(queue ? { acdQueue: queue } : {}) }
}

/** The id of the leg of a party outside that the ACD calls `far`. */
export const legOfFar = ({ legs }: CallContext, far: string): string | undefined =>
  Object.keys(legs).find((leg) => legs[leg]?.far === far)

/** What the party does, as an event of its leg. */
export const farEndEvent = ({ does, at }: Extract<CallEvent, { type: 'FAR_END' }>) =>
  ({ type: does === 'ANSWERS' ? 'ANSWER_DUE' : 'DROP', at }) as const
