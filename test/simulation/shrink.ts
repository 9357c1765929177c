/** Makes a failing script small: fewer steps, fewer agents, a network without faults. */
import type { Invariant } from './findings.ts'
import type { Script, Step, Timed } from './script.ts'

export interface Shrunk {
  readonly script: Script
  readonly attempts: number
}

const WELL = { there: 0, back: 0, lost: '', again: [] } as const

/** `fails` plays a script and says whether it still breaks the invariant. It is called at most `attemptsMax` times. */
export async function shrink(
  script: Script,
  fails: (script: Script) => Promise<boolean>,
  attemptsMax = 400,
): Promise<Shrunk> {
  let attempts = 0
  let best = script
  const tryThis = async (candidate: Script): Promise<boolean> => {
    if (attempts >= attemptsMax) return false
    attempts += 1
    const still = await fails(candidate)
    if (still) best = candidate
    return still
  }
  const withSteps = (steps: readonly Timed[]): Script => ({ ...best, steps: [...steps] })

  // First all steps of an agent, agent by agent.
  for (let place = best.world.agents.length - 1; place >= 0; place -= 1)
    await tryThis(withSteps(merged(best.steps, ({ step }) => actorOf(step) !== place)))
  // Then smaller and smaller pieces, until no single step can be removed.
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.steps.length; ) {
      const from = at
      const gone = await tryThis(withSteps(merged(best.steps, (_, index) => index < from || index >= from + size)))
      if (!gone) at += size
    }
  }
  for (let at = 0; at < best.steps.length; at += 1) {
    const timed = best.steps[at]
    if (!timed) continue
    const place = at
    const replaced = (other: Timed) => withSteps(best.steps.map((each, index) => (index === place ? other : each)))
    if ('net' in timed.step && JSON.stringify(timed.step.net) !== JSON.stringify(WELL))
      await tryThis(replaced({ ...timed, step: { ...timed.step, net: { ...WELL, again: [] } } }))
    const now = best.steps[at]
    if (now && now.after > 0) await tryThis(replaced({ ...now, after: 0 }))
  }
  return { script: best, attempts }
}

/** The steps that stay, each at the same time as before. */
function merged(steps: readonly Timed[], stays: (timed: Timed, index: number) => boolean): readonly Timed[] {
  const kept: Timed[] = []
  let waited = 0
  for (const [index, timed] of steps.entries()) {
    waited += timed.after
    if (!stays(timed, index)) continue
    kept.push({ ...timed, after: waited })
    waited = 0
  }
  return kept
}

const actorOf = (step: Step): number => ('agent' in step ? step.agent : -1)

export const breaks = (invariant: Invariant, found: readonly { readonly invariant: Invariant }[]): boolean =>
  found.some((each) => each.invariant === invariant)
