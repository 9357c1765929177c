/**
 * Calls that agents make, and what they do with them. They have their own random stream, so the other steps of a run stay
 * the same.
 */
import { Dice } from './dice.ts'
import type { Net, Step, Timed } from './script.ts'

const KINDS = { ring: 3, dial: 4, answer: 7, line: 12, pass: 2 } as const

/** The steps of a run, with calls of several parties at random places. Half of the runs have none. */
export function callSteps(seed: number, agents: number, steps: readonly Timed[]): Timed[] {
  const dice = new Dice(seed, 'calls')
  if (agents < 2 || dice.chance(0.5)) return [...steps]
  const all = [...steps]
  // In bunches, so that calls meet each other.
  for (let bunches = dice.of(2, 3, 4); bunches > 0; bunches -= 1) {
    const place = dice.below(all.length + 1)
    const bunch = Array.from({ length: dice.of(10, 20, 30) }, () => callStep(dice, agents))
    all.splice(place, 0, ...bunch)
  }
  return all
}

function callStep(dice: Dice, agents: number): Timed {
  const [agent, other, pick] = [dice.below(agents), dice.below(agents), dice.of(0, 0, 1, 2)]
  const net: Net = { there: dice.of(0, 1, 5), back: 1, lost: '', again: dice.chance(0.05) ? [300] : [] }
  const to = dice.of('agent' as const, 'agent', 'agent', 'talks', 'busy', 'bad', 'silent')
  const step = (): Step => {
    const kind = dice.weighted(KINDS)
    switch (kind) {
      case 'ring':
        return { do: kind, net, agent }
      case 'dial':
        return { do: kind, agent, net, to, other }
      case 'answer':
        return { do: 'call', agent, net, pick, action: 'ANSWER' }
      case 'line':
        return { do: kind, agent, net, pick, action: lineAction(dice), to, other }
      case 'pass':
        return { do: kind, ms: dice.of(1000, 6000, 31_000) }
    }
  }
  return { after: dice.of(1, 20, 200, 700), step: step() }
}

const lineAction = (dice: Dice) =>
  dice.of(
    'CONSULT_CALL' as const,
    'CONSULT_CALL',
    'CONSULT_CALL',
    'TRANSFER',
    'TRANSFER',
    'CONFERENCE',
    'HOLD',
    'RETRIEVE',
    'TRANSFER_SST',
    'PARTICIPANT_DROP',
    'DROP',
  )
