/** Why the state in an MRD is what it is: `media 4` and 12. */
import { type MediaState, TASK_STATES, type TaskState } from '../../../../machines/wire.ts'
import type { Reason } from '../explanation.ts'
import { NOT_ELIGIBLE } from '../failures.ts'
import { ownGuard } from '../own-guards.ts'
import type { MediumPicture } from '../picture.ts'
import { isEventless, leading, leadsTo, rowReasons } from '../rows.ts'
import { byRule } from '../told.ts'
import { absence, changeOf, listed, reason, rulesOf, type Scene, stated } from './scene.ts'

interface Part {
  readonly scene: Scene
  readonly mrd: string
  readonly medium: MediumPicture
}

export function mediaReasons(scene: Scene, mrd: string): readonly Reason[] {
  const medium = scene.picture.media[mrd]
  if (!medium) return []
  const part = { scene, mrd, medium }
  const { state } = medium.view
  const subject = { kind: 'media', mrd } as const
  return [
    ...stated(scene, subject, state, who(part)),
    ...absence(scene, subject),
    ...(MORE[state]?.(part) ?? []),
    ...notInterrupted(part),
    ...offers(part),
    ...drains(part),
  ]
}

/** By state of the medium: the states of the dialogs that the state depends on. */
const DIALOGS: Readonly<Partial<Record<MediaState, readonly TaskState[]>>> = {
  NOT_READY: TASK_STATES,
  RESERVED: ['OFFERED'],
  ACTIVE: ['ACCEPTED', 'ACTIVE', 'UNKNOWN'],
  PAUSED: ['PAUSED'],
  WORK_READY: ['WRAPPING_UP'],
}

function who(part: Part): string {
  const { state } = part.medium.view
  return state === 'INTERRUPTED' ? work(part) : dialogs(part, ...(DIALOGS[state] ?? []))
}

/** By state: further reasons that are not in the texts of rows. */
const MORE: Readonly<Partial<Record<MediaState, (part: Part) => readonly Reason[]>>> = {
  NOT_READY: (part) =>
    part.medium.interrupted ? [reason('I8', `the interrupt goes on in the background: ${work(part)}`)] : [],
  INTERRUPTED: (part) => (isFollower(part) ? [] : interruptReasons(part)),
  WORK_NOT_READY: (part) => [theWayOut(part)],
}

function theWayOut(part: Part): Reason {
  const { actingSide, setup } = part.scene.picture
  if (!(actingSide in part.medium.view.signIns) && !isFollower(part)) return byRule('P6')
  return setup.config.autoWorkModeStateChange
    ? reason('P7', 'it ends by itself when the link is back')
    : byRule('media 5.5')
}

const isFollower = ({ scene }: Part) => scene.picture.setup.role === 'follower'

// ---------------------------------------------------------------------------------------------------- dialogs

const ofMrd = ({ scene, mrd }: Part, states: readonly TaskState[]) =>
  Object.values(scene.picture.tasks).filter(({ view }) => view.mrd === mrd && states.includes(view.state))

/** The dialogs in one of the states, in words; `''` if there are none. */
function dialogs(part: Part, ...states: readonly TaskState[]): string {
  const ids = ofMrd(part, states).map(({ view }) => view.dialog)
  if (ids.length === 0) return ''
  return `${ids.length === 1 ? 'dialog' : 'dialogs'} ${listed(ids)}`
}

// ---------------------------------------------------------------------------------------------------- interrupts

/** The guard that decides whether other work interrupts an MRD. */
const INTERRUPT_GUARD = 'media.acceptsInterrupt'

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

/**
 * The `interruptAction` of the acting side, in words. The other side may have another one, which does not count (`media
 * 13`).
 */
function answerThatCounts({ medium: { view } }: Part): string {
  const { interruptAction, actingSide, signIns } = view
  return Object.keys(signIns).length > 1
    ? `side ${actingSide}, which acts for the agent, has interruptAction ${interruptAction}`
    : `the agent signed in to it with interruptAction ${interruptAction}`
}

function interruptReasons(part: Part): readonly Reason[] {
  const { scene, mrd } = part
  const move = changeOf(scene, { kind: 'media', mrd })
  const isOwn = ownGuard(rulesOf(move), INTERRUPT_GUARD) !== undefined
  const began = move?.after?.work.at(-1)
  const goesOn = began !== undefined && !scene.picture.work.some(({ id }) => id === began.id)
  const stuck = dialogs(part, 'OFFERED', 'ACCEPTED')
  return [
    ...(isOwn ? [] : [reason('media 5.1', answerThatCounts(part))]),
    ...(goesOn
      ? [reason('I6', `the interrupt began with ${began.mrd === '1' ? 'call' : 'dialog'} ${began.id}, which is over`)]
      : others(part).length > 1
        ? [byRule('I5')]
        : []),
    ...(stuck === '' ? [] : [byRule('ruling 9', stuck)]),
    others(part).length === 0
      ? reason('I7', 'the work that interrupted it is over')
      : reason('I7', `it ends when ${workNames(part)} ${others(part).length === 1 ? 'is' : 'are'} closed`),
  ]
}

/** Why this medium is not interrupted although other work interrupts media. */
function notInterrupted(part: Part): readonly Reason[] {
  const { medium, scene, mrd } = part
  const { state, interruptAction } = medium.view
  if (others(part).length === 0 || state === 'INTERRUPTED' || state === 'LOGOUT' || state === 'WORK_NOT_READY')
    return []
  const beside = `although ${work(part)}`
  if (!medium.view.interruptible)
    return [reason('media 12.3', `it is not interrupted ${beside}: ${scene.names.mrd(mrd)} may not be interrupted`)]
  const own = ownGuard(scene.picture.setup.rules, INTERRUPT_GUARD)
  if (own === undefined && interruptAction === 'IGNORE')
    return [reason('I2', `it is not interrupted ${beside}: ${answerThatCounts(part)}`)]
  if (state === 'NOT_READY')
    return [reason('I4', `it does not become INTERRUPTED ${beside}: an agent who is NOT_READY stays so`)]
  if (state === 'READY') return [reason('I3', `it is not interrupted ${beside}: there is no dialog to interrupt`)]
  if (own !== undefined)
    return [
      reason(
        [],
        `it is not interrupted ${beside}: ${own} decided it, unless there was nothing to interrupt here when that work began`,
      ),
    ]
  return [
    reason(
      'media 12.3',
      `it is not interrupted ${beside}: when that work began, there was nothing to interrupt here, and an interrupt begins only then`,
    ),
  ]
}

// ---------------------------------------------------------------------------------------------------- who gets tasks

/** Why no task may come (`media 4.5`), if the state itself does not tell. */
function offers(part: Part): readonly Reason[] {
  const { medium, scene, mrd } = part
  const { refusal, view } = medium
  const deferred = medium.modeIsDeferred ? [byRule('A18')] : []
  switch (refusal) {
    case null:
    case 'RULES':
      return [...deferred, ...ownOffers(part)]
    case 'NOT_SIGNED_IN':
    case 'FAILED':
    case 'NOT_READY':
    case 'LINK_DOWN':
      return deferred
    case 'NOT_ROUTABLE':
      return [...deferred, ...notRoutable(scene, mrd)]
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

/** The agent may get tasks by the rule of the charts, but a guard of the embedder decides about each offer. */
function ownOffers({ scene }: Part): readonly Reason[] {
  const own = ownGuard(scene.picture.setup.rules, 'media.mayTakeTask')
  return own === undefined ? [] : [reason([], `${own} decides about each task that is offered`)]
}

/** While the server drains, an eligible agent gets no tasks. */
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

/**
 * The row that made the medium not routable. Eventless rows after it are left out, and so is the loss of a link,
 * because routable is restored when the link is back.
 */
function notRoutable(scene: Scene, mrd: string): readonly Reason[] {
  const move = scene.changes.get(`mode:${mrd}`)
  const rows = leading(move?.rows.get(`media:${mrd}`)).filter(
    (row) => !isEventless(row) && !leadsTo(row, 'WORK_NOT_READY'),
  )
  return [
    ...rowReasons(rows, rulesOf(move)),
    reason('R6', 'it gets no tasks until the agent asks for routable, or for NOT_READY and then READY'),
  ]
}
