/** Why the state in an MRD is what it is: `media 4` and 12. */
import type { MediaState, TaskState } from '../../../../machines/wire.ts'
import type { Reason } from '../explanation.ts'
import { NOT_ELIGIBLE } from '../failures.ts'
import type { MediumPicture } from '../picture.ts'
import { byRule } from '../told.ts'
import type { Move } from '../trace.ts'
import { changeOf, dueOf, listed, messageOf, presenceReason, reason, type Scene } from './scene.ts'

interface Part {
  readonly scene: Scene
  readonly mrd: string
  readonly medium: MediumPicture
  readonly move: Move | undefined
}

export function mediaReasons(scene: Scene, mrd: string): readonly Reason[] {
  const medium = scene.picture.media[mrd]
  if (!medium) return []
  const part = { scene, mrd, medium, move: changeOf(scene, { kind: 'media', mrd }) }
  return [...BY_STATE[medium.view.state](part), ...notInterrupted(part), ...offers(part), ...drains(part)]
}

const BY_STATE: Readonly<Record<MediaState, (part: Part) => readonly Reason[]>> = {
  LOGOUT: ({ scene, move, medium }) => {
    if (!move)
      return medium.view.stateChangeTime === null ? [reason('A1', 'the agent has not signed in to the MRD')] : []
    return [presenceReason(scene, move) ?? signOutReason(move)]
  },
  NOT_READY: (part) => [...notReadyReasons(part), ...stillOpen(part)],
  READY: ({ move }) => (move ? [readyReason(move)] : []),
  RESERVED: (part) => [
    reason(
      ['A10', 'R1'],
      `${dialogs(part, 'OFFERED')} ${be(part, 'OFFERED')} offered and not accepted yet${until(part)}`,
    ),
  ],
  ACTIVE: (part) => workReason(part, ['ACCEPTED', 'ACTIVE', 'UNKNOWN'], 'accepted, and neither paused nor wrapped up'),
  PAUSED: (part) => workReason(part, ['PAUSED'], 'paused, and the agent works on no other of the MRD'),
  WORK_READY: (part) => workReason(part, ['WRAPPING_UP'], 'wrapped up, and the agent works on no other of the MRD'),
  INTERRUPTED: (part) => interruptReasons(part),
  WORK_NOT_READY: (part) => workStateReasons(part),
}

function workStateReasons(part: Part): readonly Reason[] {
  const { scene, medium } = part
  const { cutOff, actingSide, setup } = scene.picture
  if (!(actingSide in medium.view.signIns) && !isFollower(part))
    return [
      reason(
        'notifications 12.4',
        `the agent moved to side ${actingSide}, which knows nothing of the sign-in to the MRD; the dialogs stay as they are`,
      ),
      byRule('P6'),
    ]
  return [
    reason(
      'P5',
      `side ${isFollower(part) ? listed(cutOff) || 'A' : actingSide} has lost its link to the ACD; the dialogs stay as they are`,
    ),
    setup.config.autoWorkModeStateChange
      ? reason('P7', 'it ends by itself when the link is back')
      : byRule('media 5.5'),
  ]
}

// ---------------------------------------------------------------------------------------------------- dialogs

const ofMrd = ({ scene, mrd }: Part, ...states: readonly TaskState[]) =>
  Object.values(scene.picture.tasks).filter(
    ({ view }) => view.mrd === mrd && (states.length === 0 || states.includes(view.state)),
  )

const dialogs = (part: Part, ...states: readonly TaskState[]) => {
  const ids = ofMrd(part, ...states).map(({ view }) => view.dialog)
  return `${ids.length === 1 ? 'dialog' : 'dialogs'} ${listed(ids)}`
}

const be = (part: Part, ...states: readonly TaskState[]) => (ofMrd(part, ...states).length === 1 ? 'is' : 'are')

function workReason(part: Part, states: readonly TaskState[], what: string): readonly Reason[] {
  if (ofMrd(part, ...states).length === 0) return isFollower(part) ? [followed] : []
  return [reason('media 4.2', `${dialogs(part, ...states)} ${be(part, ...states)} ${what}`)]
}

const isFollower = ({ scene }: Part) => scene.picture.setup.role === 'follower'
const followed = reason('user 5.1', 'the Finesse that is followed said so')

function until(part: Part): string {
  const times = ofMrd(part, 'OFFERED').flatMap(({ view }) => dueOf(part.scene, view.dialog, 'START_TIMEOUT') ?? [])
  return times.length === 0 ? '' : `; the Start Timeout ends the offer at ${listed(times)}`
}

// ---------------------------------------------------------------------------------------------------- resting states

function signOutReason({ input }: Move): Reason {
  if (input.kind === 'user') {
    const { event } = input
    if (event.type === 'MEDIA_STATE') return reason('A21', 'the agent signed out of the MRD')
    if (event.type === 'SIGN_OUT')
      return event.supervisor
        ? reason('A22', 'a supervisor signed the agent out, which takes the media along (ruling 16)')
        : reason('A22', 'the agent signed out, which takes the media along (ruling 16)')
  }
  if (input.kind === 'message')
    return reason('A22', 'a sign-out had waited for the end of the call, and took the media along')
  return followed
}

function notReadyReasons(part: Part): readonly Reason[] {
  const { move } = part
  if (!move) return []
  const { input } = move
  if (input.kind !== 'user') return [reason('media 4.2', 'the agent had asked for NOT_READY before')]
  const { event } = input
  if (event.type === 'MEDIA_SIGN_IN')
    return [
      move.before?.media[part.mrd]?.view.state === 'WORK_NOT_READY'
        ? reason('P6', 'the agent signed in to the MRD on another side, and holds no dialog or was NOT_READY')
        : byRule('A1'),
    ]
  if (event.type === 'MEDIA_STATE' && event.state === 'NOT_READY')
    return [reason('A7', 'the agent asked for NOT_READY')]
  return event.type === 'MEDIA_EVENT' ? [followed] : [reason('media 4.2', 'the agent had asked for NOT_READY before')]
}

function stillOpen(part: Part): readonly Reason[] {
  const { medium } = part
  if (medium.openDialogs === 0) return []
  const open = reason(
    'media 4.2',
    `${dialogs(part)} ${be(part)} open all the same: NOT_READY outranks what follows from dialogs`,
  )
  if (!medium.interrupted) return [open]
  return [open, reason('I8', `the interrupt goes on beneath: ${work(part)}`)]
}

function readyReason(move: Move): Reason {
  const { input } = move
  if (input.kind === 'deadline' && input.name === 'START_TIMEOUT')
    return reason('R5', `dialog ${input.owner} was not accepted within its Start Timeout, and nothing else is open`)
  if (input.kind === 'user') {
    const { event } = input
    if (event.type === 'MEDIA_STATE' && event.state === 'READY') return reason('A3', 'the agent asked for READY')
    if (event.type === 'MEDIA_EVENT') return followed
    if (event.type === 'LINK_BACK' || event.type === 'MEDIA_STATE')
      return reason('P7', 'the link to the ACD is back, and no dialog is open')
  }
  return reason('A13', 'the last dialog of the MRD is closed')
}

// ---------------------------------------------------------------------------------------------------- interrupts

const others = ({ scene, mrd }: Part) => scene.picture.work.filter((each) => each.mrd !== mrd)

/** The work that interrupts, in words. */
function work(part: Part): string {
  const { names, picture } = part.scene
  return listed(
    others(part).map(({ id, mrd }) =>
      mrd === '1'
        ? `call ${id} is ${picture.calls[id]?.leg ?? 'ACTIVE'}`
        : `${names.mrd(mrd)} dialog ${id} was started and is not closed`,
    ),
  )
}

const workNames = (part: Part) => listed(others(part).map(({ id, mrd }) => `${mrd === '1' ? 'call' : 'dialog'} ${id}`))

const interrupters = (part: Part) => listed([...new Set(others(part).map(({ mrd }) => part.scene.names.mrd(mrd)))])

/** The settings that count are those of the acting side; the other may have others (`media 13`). */
function answerThatCounts({ medium: { view } }: Part): string {
  const { interruptAction, actingSide, signIns } = view
  return Object.keys(signIns).length > 1
    ? `side ${actingSide}, which acts for the agent, has interruptAction ${interruptAction}`
    : `the agent signed in to it with interruptAction ${interruptAction}`
}

function interruptReasons(part: Part): readonly Reason[] {
  const { scene, mrd, move } = part
  if (isFollower(part)) return [followed]
  const began = move?.after?.work.at(-1)
  const goesOn = began !== undefined && !scene.picture.work.some(({ id }) => id === began.id)
  const still = ofMrd(part, 'INTERRUPTED')
  const stuck = ofMrd(part, 'OFFERED', 'ACCEPTED')
  return [
    reason('I1', `${work(part)}, and ${interrupters(part)} may not be interrupted and interrupts others`),
    reason('media 5.1', `${scene.names.mrd(mrd)} may be interrupted, and ${answerThatCounts(part)}`),
    ...(goesOn
      ? [
          reason(
            'I6',
            `the interrupt began with ${began.mrd === '1' ? 'call' : 'dialog'} ${began.id}, which is over; it goes on until all such work is over`,
          ),
        ]
      : others(part).length > 1
        ? [byRule('I5')]
        : []),
    ...(still.length > 0
      ? [
          reason(
            ['D12', 'I10'],
            `${dialogs(part, 'INTERRUPTED')} ${still.length === 1 ? 'stands' : 'stand'} still, and no action on it is accepted`,
          ),
        ]
      : []),
    ...(stuck.length > 0
      ? [
          reason(
            'media 12.3',
            `${dialogs(part, 'OFFERED', 'ACCEPTED')} ${stuck.length === 1 ? 'keeps its state' : 'keep their states'}, but no action is accepted (ruling 9)`,
          ),
        ]
      : []),
    reason('I7', `it ends when ${workNames(part)} ${others(part).length === 1 ? 'is' : 'are'} closed`),
  ]
}

/** Work goes on that interrupts others; why not this one? */
function notInterrupted(part: Part): readonly Reason[] {
  const { medium, scene, mrd } = part
  const { state, interruptAction } = medium.view
  if (others(part).length === 0 || state === 'INTERRUPTED' || state === 'LOGOUT' || state === 'WORK_NOT_READY')
    return []
  const beside = `although ${work(part)}`
  if (!medium.view.interruptible)
    return [reason('media 12.3', `it is not interrupted ${beside}: ${scene.names.mrd(mrd)} may not be interrupted`)]
  if (interruptAction === 'IGNORE') return [reason('I2', `it is not interrupted ${beside}: ${answerThatCounts(part)}`)]
  if (state === 'NOT_READY')
    return [reason('I4', `it does not become INTERRUPTED ${beside}: an agent who is NOT_READY stays so`)]
  if (state === 'READY') return [reason('I3', `it is not interrupted ${beside}: there is no dialog to interrupt`)]
  return [
    reason(
      'media 12.3',
      `it is not interrupted ${beside}: when that work began, there was nothing here to interrupt, and it is asked once only`,
    ),
  ]
}

// ---------------------------------------------------------------------------------------------------- who gets tasks

/** Why no task may come (`media 4.5`), where the state itself does not say so. */
function offers(part: Part): readonly Reason[] {
  const { medium, scene, mrd } = part
  const { refusal, view } = medium
  const deferred = medium.modeIsDeferred ? [byRule('A18')] : []
  switch (refusal) {
    case null:
    case 'NOT_SIGNED_IN':
    case 'FAILED':
    case 'NOT_READY':
    case 'LINK_DOWN':
      return deferred
    case 'NOT_ROUTABLE':
      return [...deferred, notRoutable(scene, mrd)]
    case 'NO_CAPACITY':
      return [
        ...deferred,
        reason('media 4.5', `it gets no more tasks: ${medium.openDialogs} of ${view.maxDialogLimit} are open`),
      ]
    case 'BUSY_ELSEWHERE':
      return [...deferred, busyElsewhere(part)]
    case 'PATH_DOWN':
      return [...deferred, reason('D19', `it gets no tasks: ${NOT_ELIGIBLE.PATH_DOWN.text}`)]
  }
}

/** Who would get tasks gets none: they wait. */
const drains = ({ scene, medium }: Part): readonly Reason[] =>
  scene.isDraining && medium.refusal === null
    ? [reason([], 'it gets no tasks, because the server is draining: they wait until that is over')]
    : []

function busyElsewhere(part: Part): Reason {
  const { finishFirst } = part.scene.picture
  if (finishFirst.length > 0)
    return reason(
      'media 4.5',
      `it gets no tasks: work came beside other work that may not be interrupted, and ${listed(finishFirst)} must be finished first`,
    )
  return reason(
    'media 4.5',
    part.medium.view.state === 'INTERRUPTED' ? 'it gets no tasks meanwhile' : `it gets no tasks, because ${work(part)}`,
  )
}

function notRoutable(scene: Scene, mrd: string): Reason {
  const move = scene.changes.get(`mode:${mrd}`)
  const tail = 'it gets no tasks until the agent asks for routable, or for NOT_READY and then READY'
  if (!move) return reason('media 4.3', `the agent is not routable; ${tail}`)
  const { input } = move
  if (input.kind === 'deadline' && input.name === 'START_TIMEOUT')
    return reason(
      'R4',
      `the agent is not routable, because dialog ${input.owner} was not accepted within its Start Timeout; ${tail}`,
    )
  if (messageOf(move)?.type === 'leg' || input.kind !== 'user')
    return reason('media 4.3', `the agent is not routable; ${tail}`)
  const asked = input.event.type === 'MEDIA_ROUTABLE'
  return reason(asked ? 'A17' : 'A18', `the agent is not routable, as was asked for; ${tail}`)
}
