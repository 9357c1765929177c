/** The calls of an agent in words. */
import { lookOf } from '../../../pages/states.ts'
import type { BoardCall, BoardParty } from '../protocol.ts'

/** Types of calls that say more than who takes part. */
const KINDS: Readonly<Record<string, string>> = {
  CONSULT: 'consult',
  CONFERENCE: 'conference',
  TRANSFER: 'transferred',
}

/** What goes without saying: a party talks, or calls somebody who rings. */
const UNSAID: readonly string[] = ['ACTIVE', 'INITIATED']

const stateWord = (state: string): string => (UNSAID.includes(state) ? '' : lookOf(state).label.toLowerCase())

const partyName = ({ name }: BoardParty): string => name || 'outside'

/** A call in a few words: `held: outside`, `consult: Boris Novak rings`, `consult: waits in Support Line`. */
export function callWords({ type, state, others, waitsIn }: BoardCall): string {
  const what = [KINDS[type], stateWord(state)].filter(Boolean).join(', ') || 'call'
  const parties = others.map((party) => [partyName(party), stateWord(party.state)].filter(Boolean).join(' '))
  const waits = waitsIn === undefined ? [] : [`waits in ${waitsIn}`]
  return `${what}: ${[...parties, ...waits].join(', ') || 'nobody'}`
}

/** The calls of an agent, those on hold last. */
export const callsWords = (calls: readonly BoardCall[]): readonly string[] => {
  const [held, others] = [calls.filter(({ state }) => state === 'HELD'), calls.filter(({ state }) => state !== 'HELD')]
  return [...others, ...held].map(callWords)
}

/** A call with the states of all its legs. `agent` is the name of the agent whose call it is. */
export function legsLine({ id, type, state, others }: BoardCall, agent: string): string {
  const legs = [{ name: agent, state }, ...others].map((party) => `${partyName(party)} ${lookOf(party.state).label}`)
  return `Call ${id} ${type}: ${legs.join(', ')}`
}
