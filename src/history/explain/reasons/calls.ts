/** Why a call of an agent is in its state, and what the agent can do with two calls: `dialog 4.4` and 6. */

import { agentLeg } from '../../../../machines/call/model.ts'
import type { LegView } from '../../../../machines/effects.ts'
import { instant } from '../../../times/index.ts'
import type { Reason } from '../explanation.ts'
import type { CallPicture } from '../picture.ts'
import { leading, type Rows, rowReasons } from '../rows.ts'
import { stateText } from '../told.ts'
import { listed, reason, type Scene } from './scene.ts'

/** The reasons of a call. `taken`: the rows that the call took in the step that sent the message to the agent. */
export function callReasons(scene: Scene, dialog: string, taken: Rows): readonly Reason[] {
  return [
    ...entered(scene, dialog, taken),
    ...ofCampaign(scene, dialog),
    ...besideOthers(scene, dialog),
    ...heardBy(scene, dialog),
  ]
}

/** The rows that the agent's leg took. */
function entered(scene: Scene, dialog: string, taken: Rows): readonly Reason[] {
  const rows = leading(taken.get(agentLeg(dialog, scene.names.user)))
  if (rows.length > 0) return rowReasons(rows, undefined)
  const { state = 'DROPPED' } = scene.picture.calls[dialog]?.view ?? {}
  return [reason([], stateText('call', state, scene.picture.setup.role))]
}

/** What the call is to a campaign, and what the agent may do with a preview. */
function ofCampaign({ picture }: Scene, dialog: string): readonly Reason[] {
  const call = picture.calls[dialog]
  const { id, part } = call?.view.campaign ?? {}
  if (part === 'customer') return [reason('V112', `campaign ${id} has called the customer`)]
  if (part !== 'preview') return []
  const next = call?.leg === 'ALERTING' ? 'ACCEPT would call the customer' : 'the customer is called'
  return [reason('V110', `campaign ${id} has reserved the agent; ${next}`)]
}

/** A call on hold waits for the consultation about it, which TRANSFER or CONFERENCE may complete. */
function besideOthers(scene: Scene, dialog: string): readonly Reason[] {
  const call = scene.picture.calls[dialog]
  if (call === undefined) return []
  const { associatedDialog } = call.view
  if (associatedDialog !== undefined && associatedDialog in scene.picture.calls)
    return [reason('V50', `it is to consult about call ${associatedDialog}`)]
  if (call.leg !== 'HELD') return []
  return Object.values(scene.picture.calls)
    .filter((other) => other.view.associatedDialog === dialog)
    .flatMap((consult) => consultReasons(scene, call, consult))
}

function consultReasons(scene: Scene, held: CallPicture, { view }: CallPicture): readonly Reason[] {
  const { user } = scene.names
  const own = view.legs.find((leg) => leg.user === user)
  const whom = listed(view.legs.filter((leg) => leg !== own).map((leg) => whoIs(scene, leg))) || view.queue?.name
  if (own === undefined || whom === undefined) return []
  const mayJoin = held.view.legs.some((leg) => leg.user === user && leg.talksElsewhere)
  return [
    reason('V50', `it is on hold because ${whom} was consulted at ${instant(own.startTime)}`),
    ...(mayJoin
      ? [reason('dialog 4.4', `TRANSFER would complete to ${whom}, and CONFERENCE would connect all of them`)]
      : []),
  ]
}

/** A supervisor listens: by this call of the supervisor's own, or to this call of the agent. */
function heardBy({ picture }: Scene, dialog: string): readonly Reason[] {
  const call = picture.calls[dialog]
  const { monitor } = call?.view ?? {}
  if (monitor !== undefined) return [reason('V90', `the supervisor listens to agent ${monitor.agent} by it`)]
  if (picture.listener === null || call?.leg !== 'ACTIVE') return []
  return [reason('V90', `supervisor ${picture.listener} listens`)]
}

const whoIs = ({ names }: Scene, { user, mediaAddress }: LegView): string =>
  user === undefined ? names.personal(mediaAddress) : `agent ${user}`
