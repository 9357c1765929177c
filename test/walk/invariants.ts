/** The invariants of every state and every step. They do not depend on the model. */
import type { Effect } from '../../machines/effects.ts'
import type { WalkInput } from './input.ts'
import type { Seen } from './product.ts'
import type { World } from './world.ts'

export interface Step {
  readonly input: WalkInput
  readonly before: readonly Seen[]
  readonly after: readonly Seen[]
  readonly effects: readonly Effect[]
  readonly armed: ReadonlySet<string>
  /** The world of the model after the step. */
  readonly world: World
}

/**
 * Inputs that may publish a Media notification without a change: a repeated NOT_READY (ruling 12: the reason may
 * differ), and a request for routable while `routable=false` waits.
 */
const MAY_REPEAT = (input: WalkInput): boolean =>
  (input.do === 'media.state' && input.state === 'NOT_READY') || (input.do === 'media.routable' && input.routable)

/** Two dialogs that end in one input may change the medium twice (P11). */
export const endsSeveral = (input: WalkInput): boolean => input.do === 'gateway' && input.both

const visible = ({ state, routable }: Seen) => `${state} ${routable}`

function atState(after: Seen, world: World): readonly string[] {
  const { mrd, state, isAtRest, dialogs, limit, slots, interrupted } = after
  const wrong: string[] = []
  const claim = (holds: boolean, what: string) => {
    if (!holds) wrong.push(`${mrd}: ${what}`)
  }
  claim(isAtRest, `is between two states: ${state}`)
  claim(
    dialogs.length <= limit || !world.media.some((each) => each.limit >= dialogs.length),
    'more dialogs than the limit',
  )
  claim(slots <= limit - dialogs.length || slots === 0, 'offers more slots than are left')
  claim(!dialogs.includes('CLOSED'), 'holds a closed dialog')
  claim(state !== 'LOGOUT' || dialogs.length === 0, 'signed out with open dialogs')
  claim(state !== 'LOGOUT' || !interrupted, 'signed out and interrupted')
  claim(state !== 'READY' || dialogs.length === 0, 'READY with open dialogs')
  claim(state !== 'INTERRUPTED' || world.working.length > 0, 'INTERRUPTED although nothing interrupts')
  claim(!dialogs.includes('INTERRUPTED') || interrupted, 'an interrupted dialog in a medium that is not')
  return wrong
}

/** Deadlines are armed exactly in the states that have them, and closed dialogs have none. */
function deadlines({ input, after, armed, world }: Step): readonly string[] {
  const wrong: string[] = []
  const dialogs = after.flatMap(({ mrd, dialogs: states }) => states.map((state, place) => ({ mrd, state, place })))
  for (const { mrd, state, place } of dialogs) {
    const has = (name: string) => armed.has(`${1000 + place}_1001_${mrd} ${name}`)
    const transfer = world.media.find((each) => each.mrd === mrd)?.dialogs[place]?.transfer ?? false
    if (has('START_TIMEOUT') !== (state === 'OFFERED')) wrong.push(`${mrd}#${place}: start timeout in ${state}`)
    if (!has('MAX_TASK_DURATION')) wrong.push(`${mrd}#${place}: no max task duration`)
    if (has('TRANSFER_TIMEOUT') !== transfer) wrong.push(`${mrd}#${place}: transfer time-out, transfer ${transfer}`)
    if (has('TASK_LIFE') === world.path) wrong.push(`${mrd}#${place}: task life, path up ${world.path}`)
  }
  const known = new Set(dialogs.map(({ mrd, place }) => `${1000 + place}_1001_${mrd}`))
  for (const each of armed) {
    const [owner = ''] = each.split(' ')
    if (owner.includes('_') && !known.has(owner)) wrong.push(`a dialog that is gone has the deadline ${each}`)
  }
  const { legs, ending, shown } = world.voice
  const wrapsUp = Object.values(legs).includes('WRAP_UP')
  // After its deadline the wrap-up lasts until the call is removed.
  const isOver = input.do === 'wrapUpTimeout' || ending.length > 0
  if (!isOver && armed.has('user WRAP_UP_TIMEOUT') !== wrapsUp)
    wrong.push(`wrap-up deadline in ${shown} with legs ${Object.values(legs).join()}`)
  if (armed.has('presence:A PRESENCE_GRACE_OVER') !== world.grace) wrong.push('grace deadline')
  return wrong
}

/** A visible change has exactly one notification. The last notification has the values that GET shows. */
function notifications({ input, before, after, effects }: Step): readonly string[] {
  return after.flatMap((now) => {
    const was = before.find(({ mrd }) => mrd === now.mrd)
    const told = effects.flatMap((effect) =>
      effect.type === 'media.changed' && effect.media.mrd === now.mrd ? [effect.media] : [],
    )
    const changed = !was || visible(was) !== visible(now)
    const last = told.at(-1)
    if (changed && told.length === 0) return [`${now.mrd}: changed to ${visible(now)} without a word`]
    if (last && `${last.state} ${last.routable}` !== visible(now))
      return [`${now.mrd}: told ${last.state}, is ${now.state}`]
    const allowed = changed || MAY_REPEAT(input) ? 1 : 0
    if (told.length > allowed && !endsSeveral(input))
      return [`${now.mrd}: told ${told.length} times, ${allowed} allowed`]
    return []
  })
}

/** RESERVED is published before the dialog (A10), and the end of dialogs before the LOGOUT of the medium (12.5). */
function order({ effects }: Step): readonly string[] {
  const wrong: string[] = []
  const signedOut = new Set<string>()
  for (const effect of effects) {
    if (effect.type === 'media.changed' && effect.media.state === 'LOGOUT') signedOut.add(effect.media.mrd)
    if (effect.type === 'task.removed' && signedOut.has(effect.task.mrd)) wrong.push('a dialog ends after the sign-out')
  }
  const added = effects.findIndex((effect) => effect.type === 'task.added' && effect.task.state === 'OFFERED')
  const told = effects.findIndex((effect) => effect.type === 'media.changed')
  if (added >= 0 && told > added) wrong.push('A10: the dialog came before RESERVED')
  return wrong
}

/** Each dialog is added once and removed once. The number of open dialogs agrees with that. */
function balance({ input, before, after, effects }: Step): readonly string[] {
  const republished = input.do === 'link' && input.up
  return after.flatMap(({ mrd, dialogs }) => {
    const of = (type: 'task.added' | 'task.removed') =>
      effects.flatMap((effect) => (effect.type === type && effect.task.mrd === mrd ? [effect.task.dialog] : []))
    const added = republished ? [] : of('task.added')
    const removed = of('task.removed')
    const was = before.find((each) => each.mrd === mrd)?.dialogs.length ?? 0
    const wrong = new Set(removed).size !== removed.length || was + added.length - removed.length !== dialogs.length
    return wrong ? [`${mrd}: ${was} dialogs, ${added.length} came, ${removed.length} went, ${dialogs.length} left`] : []
  })
}

/** A medium with IGNORE is not changed by an interrupt (I2). An interrupted medium refuses actions on dialogs (I10). */
function interrupts({ input, before, after, effects }: Step): readonly string[] {
  return after.flatMap((now) => {
    const was = before.find(({ mrd }) => mrd === now.mrd)
    if (!was) return []
    const same = JSON.stringify({ ...was, slots: 0 }) === JSON.stringify({ ...now, slots: 0 })
    if (input.do === 'work' && was.answer === 'IGNORE' && !was.interrupted && !same)
      return [`${now.mrd}: an ignored interrupt changed it`]
    if (input.do !== 'act' || input.mrd !== now.mrd || was.state !== 'INTERRUPTED') return []
    const refused = effects.every((effect) => effect.type === 'failed' && effect.failure === 'DIALOG_INTERRUPTED')
    return same && refused && effects.length === 1 ? [] : [`${now.mrd}: an action on a dialog that is interrupted`]
  })
}

/** The agent state agrees with the legs, and a signed-out agent has no ringing call and no wrap-up (ruling 47). */
function calls({ world, after }: Step): readonly string[] {
  const { signedIn, shown, legs, ending } = world.voice
  if (ending.length > 0) return [] // these calls are removed before any other input
  const states = Object.values(legs)
  const wrong: string[] = []
  if (!signedIn && states.some((leg) => leg === 'ALERTING' || leg === 'WRAP_UP')) wrong.push(`${states} under LOGOUT`)
  if (signedIn && states.some((leg) => leg === 'ACTIVE' || leg === 'HELD') && shown !== 'TALKING' && shown !== 'HOLD')
    wrong.push(`${states} in ${shown}`)
  const works = world.working.some(({ mrd }) => mrd === '1')
  if (!signedIn && works) wrong.push('a call interrupts under LOGOUT')
  const isInterrupted = after.some(({ interrupted }) => interrupted)
  return isInterrupted && world.working.length === 0 ? [...wrong, 'interrupted by nothing'] : wrong
}

/** The invariants that a step breaks. */
export function violations(step: Step): readonly string[] {
  const checks = [deadlines, notifications, order, balance, interrupts, calls]
  return [...step.after.flatMap((each) => atState(each, step.world)), ...checks.flatMap((check) => check(step))]
}
