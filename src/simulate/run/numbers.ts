/** How numbers outside answer the calls of the simulated agents. */
import type { OutsideNumber } from '../../engine/values.ts'
import type { Scenario } from '../scenario/model.ts'
import type { World } from './world.ts'

/** The name of all numbers that the scenario does not name. */
const OTHERS = '*'

type Given = Scenario['numbers'][string]

function answerOf(given: Given): OutsideNumber {
  if (typeof given === 'string') return { outcome: given }
  const { ring, talk } = given
  return { outcome: 'answer', ringSeconds: ring / 1000, talkSeconds: talk === undefined ? null : talk / 1000 }
}

/** To be called before anything happens. Without numbers in the scenario the journal stays as it is. */
export function setNumbers({ scenario: { numbers }, acd, clock }: World): void {
  if (Object.keys(numbers).length === 0) return
  const { [OTHERS]: others, ...named } = numbers
  const known = Object.fromEntries(Object.entries(named).map(([number, given]) => [number, answerOf(given)]))
  clock.track(acd.changeNetwork({ ...(others ? { default: answerOf(others) } : {}), numbers: known }))
}
