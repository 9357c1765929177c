/**
 * Outputs for the effects of a user's machines, with node, event and source of each notification (`notifications 8`).
 */
import type { Effect, Subject, UserView } from '../../../../machines/effects.ts'
import type { Forgotten } from '../../../../machines/index.ts'
import type { Side } from '../../../../machines/wire.ts'
import { VOICE_MRD } from '../../../directory/model.ts'
import type { Message } from '../../input.ts'
import type { Output } from '../../output.ts'
import type { Notification, PublishedValue } from '../../values.ts'
import { NETWORK } from '../network/behaviour.ts'
import { acdOutputs } from './acd-notice.ts'
import type { UserSetup } from './setup.ts'
import { callValueFor, mediaValue, taskValue, userValue } from './values.ts'

const api = (path: string) => `/finesse/api/${path}`

interface Address {
  readonly node: string
  readonly event: Notification['event']
  readonly source: string
  readonly shape: Notification['shape']
}

function publish({ node, event, source, shape }: Address, value: PublishedValue, requestId: string): Publish {
  return { type: 'publish', notification: { node: api(node), event, source: api(source), shape, requestId, value } }
}

type Publish = Extract<Output, { type: 'publish' }>

/** Like `publish`, but other sides may show another value than the acting side. `valueOn` gives the value of a side. */
function publishOnSides(
  address: Address,
  valueOn: (side: Side) => PublishedValue,
  requestId: string,
  { setup, actingSide }: PublishContext,
): Publish {
  const value = valueOn(actingSide)
  const said = publish(address, value, requestId)
  const others = setup.sides.filter((side) => side !== actingSide).map((side) => [side, valueOn(side)] as const)
  const differing = others.filter(([, other]) => JSON.stringify(other) !== JSON.stringify(value))
  return differing.length === 0 ? said : { ...said, elsewhere: Object.fromEntries(differing) }
}

/** Node and source of an asynchronous error (`notifications 8.4`, 8.5, 8.8). */
function errorAddress(user: string, subject: Subject): Address {
  const item = { event: 'PUT', shape: 'item' } as const
  switch (subject.kind) {
    case 'user':
      return { node: `User/${user}`, source: `User/${user}`, ...item }
    case 'media':
      return { node: `User/${user}/Media`, source: `User/${user}/Media/${subject.mrd}`, ...item }
    case 'task':
      return { node: `User/${user}/Dialogs/Media`, source: `Dialog/${subject.dialog}`, ...item }
    case 'call':
      return { node: `User/${user}/Dialogs`, source: `Dialog/${subject.dialog}`, ...item }
    case 'newCall':
      return { node: `User/${user}/Dialogs`, source: `User/${user}/Dialogs`, ...item }
  }
}

type Kind = 'added' | 'changed' | 'removed'

/** A dialog joins or leaves its collection, or changes as an item (`notifications 8.2`, 8.3, 8.7). */
function dialogAddress(node: string, collection: string, dialog: string, kind: Kind): Address {
  if (kind === 'changed') return { node, event: 'PUT', source: `Dialog/${dialog}`, shape: 'item' }
  return { node, event: kind === 'added' ? 'POST' : 'DELETE', source: collection, shape: 'collection' }
}

const kindOf = (type: `${'task' | 'call'}.${Kind}`): Kind =>
  type.endsWith('added') ? 'added' : type.endsWith('removed') ? 'removed' : 'changed'

/** The state of the user on which the outputs of an effect depend. */
export interface PublishContext {
  readonly setup: UserSetup
  readonly mobileSide: Side | null
  /** Listeners of the engine, which belong to no side, get the values of this side. */
  readonly actingSide: Side
  /** Sides without their link to the ACD. */
  readonly cutOff: readonly Side[]
  /** What a failover made unknown. */
  readonly forgotten?: Forgotten | undefined
}

/** The whole user on the user's node, and the summary on the node of the team (`notifications 8.1`, 8.9). */
export function userChanged(context: PublishContext, view: UserView, requestId: string): readonly [Publish, Publish] {
  const { setup, mobileSide } = context
  const user = setup.profile.id
  const valueOn = (side: Side) => userValue(setup, view, mobileSide, side)
  const item = { event: 'PUT', source: `User/${user}` } as const
  return [
    publishOnSides({ node: `User/${user}`, shape: 'item', ...item }, valueOn, requestId, context),
    publishOnSides({ node: `Team/${setup.profile.teamId}/Users`, shape: 'summary', ...item }, valueOn, '', context),
  ]
}

/** The DELETE notification of a user (`notifications 8.1`). Its XML has no data. */
export function userDeleted({ setup, mobileSide, actingSide }: PublishContext, view: UserView): Output {
  const path = `User/${setup.profile.id}`
  const value = userValue(setup, view, mobileSide, actingSide)
  return publish({ node: path, event: 'DELETE', source: path, shape: 'item' }, value, '')
}

/** The notification of queues that the user got or lost (`notifications 8.11`). None if `queues` is empty. */
export function queuesChanged(
  user: string,
  event: 'POST' | 'DELETE',
  queues: readonly { readonly id: string; readonly name: string }[],
): readonly Output[] {
  if (queues.length === 0) return []
  const path = `User/${user}/Queues`
  const value = { kind: 'queues', user, queues: queues.map(({ id, name }) => ({ id, name })) } as const
  return [publish({ node: path, event, source: path, shape: 'collection' }, value, '')]
}

/** A message to the call that the effect names. */
const toCall = ({ dialog }: { readonly dialog: string }, body: Message): readonly Output[] => [
  { type: 'send', to: `call/${dialog}`, body },
]

/** The outputs of one effect, in order. */
export function outputsOf(effect: Effect, context: PublishContext): readonly Output[] {
  const { setup } = context
  const user = setup.profile.id
  const echoed = setup.echoMediaRequestId
  switch (effect.type) {
    case 'user.changed': {
      const only = effect.only === undefined ? {} : { only: effect.only }
      return userChanged(context, effect.user, effect.requestId).map((said) => ({ ...said, ...only }))
    }
    case 'media.changed': {
      const source = `User/${user}/Media/${effect.media.mrd}`
      const address = { node: `User/${user}/Media`, event: 'PUT', source, shape: 'item' } as const
      const valueOn = (side: Side) => mediaValue(setup, effect.media, side, context.cutOff)
      return [publishOnSides(address, valueOn, echoed ? effect.requestId : '', context)]
    }
    case 'task.added':
    case 'task.changed':
    case 'task.removed': {
      const { dialog, mrd } = effect.task
      const collection = `User/${user}/Media/${mrd}/Dialogs`
      const address = dialogAddress(`User/${user}/Dialogs/Media`, collection, dialog, kindOf(effect.type))
      const said = publish(address, taskValue(setup, effect.task), echoed ? effect.requestId : '')
      return [effect.only === undefined ? said : { ...said, only: effect.only }]
    }
    case 'call.added':
    case 'call.changed':
    case 'call.removed': {
      const node = `User/${user}/Dialogs`
      const address = dialogAddress(node, node, effect.call.dialog, kindOf(effect.type))
      const said = publish(
        address,
        callValueFor(effect.call, { user, platform: setup.config.platform, forgotten: context.forgotten }),
        effect.requestId,
      )
      return [effect.only === undefined ? said : { ...said, only: effect.only }]
    }
    case 'failed': {
      const { subject, failure, detail, requestId } = effect
      const mrd = 'mrd' in subject ? { mrd: subject.mrd } : {}
      return [
        publish(errorAddress(user, subject), { kind: 'failure', failure, detail, ...mrd }, requestId),
        { type: 'refusal', refusal: { failure, detail, subject } },
      ]
    }
    case 'rejected':
      return [{ type: 'reply', rejected: effect.rejection }]
    case 'deadline.armed':
      return [{ type: 'arm', owner: effect.owner, name: effect.name, due: effect.due }]
    case 'deadline.cleared':
      return [{ type: 'clear', owner: effect.owner, name: effect.name }]
    case 'acd':
      return acdOutputs(user, effect.notice, setup.acd)
    case 'call.wrapUpOver':
      return toCall(effect, { type: 'wrapUpOver', user })
    case 'call.agentSignedOut':
      return toCall(effect, { type: 'agentSignedOut', user })
    case 'call.agentLeaves':
      return toCall(effect, { type: 'agentLeaves', user, leaves: effect.leaves })
    case 'call.agentTalks':
      return toCall(effect, { type: 'agentTalks', user, elsewhere: effect.elsewhere })
    case 'call.holdsForOther':
      return toCall(effect, { type: 'holdForOther', user })
    case 'call.lineIsFree':
      return toCall(effect, { type: 'lineIsFree', user, requestId: effect.requestId })
    case 'call.legTaken':
      return toCall(effect, { type: 'legTaken', user })
    case 'call.joinsInto': {
      const { into, how, terms, requestId } = effect
      return toCall(effect, { type: 'joinsInto', user, into, how, terms, requestId })
    }
    case 'user.nails': {
      const { extension, dialNumber } = effect
      return [{ type: 'send', to: `queue/${VOICE_MRD}`, body: { type: 'nails', extension, dialNumber } }]
    }
    case 'call.nailEnds':
      return toCall(effect, { type: 'nailEnds' })
    case 'user.phones': {
      const { number, dialog } = effect
      return [{ type: 'send', to: NETWORK, body: { type: 'dialled', number, dialog } }]
    }
    case 'call.phoneFails':
      return toCall(effect, { type: 'phoneFails', user })
    case 'user.wantsToListen': {
      const { agent, extension, agentExtension, requestId } = effect
      const body = { type: 'wantsToListen', listener: user, extension, agentExtension, requestId } as const
      return [{ type: 'send', to: `user/${agent}`, body }]
    }
    case 'user.isNotHeard': {
      const { supervisor, failure, requestId } = effect
      const body = { type: 'newCallFailed', action: 'SILENT_MONITOR', failure, requestId } as const
      return [{ type: 'send', to: `user/${supervisor}`, body }]
    }
    case 'call.isHeard': {
      const { monitor, extension, agentExtension, requestId } = effect
      const listening = { monitor, extension, agentExtension }
      return [{ type: 'send', to: `queue/${VOICE_MRD}`, body: { type: 'monitors', listening, requestId } }]
    }
    case 'call.monitoringEnds':
      return toCall(effect, { type: 'monitoringEnds', user })
    case 'call.bargesIn':
      return toCall(effect, { type: 'bargesIn', ...effect.barge, requestId: effect.requestId })
    case 'call.legRefused':
      return toCall(effect, { type: 'legRefused', user })
    case 'followed': {
      const { what, from, to } = effect
      return effect.listed ? [] : [{ type: 'flagged', what, from, to }]
    }
    case 'queue.waits':
    case 'queue.notTaken':
    case 'queue.left':
    case 'call.consults':
    case 'network.dialled':
    case 'customer.reached':
    case 'reservation.over':
    case 'campaign.news':
    case 'leg':
    case 'leg.takesLine':
    case 'leg.joins':
    case 'call.sendsLegs':
    case 'call.hasJoined':
    case 'call.hasBargedIn':
    case 'leg.failed':
      return [] // only calls have these effects
  }
}
