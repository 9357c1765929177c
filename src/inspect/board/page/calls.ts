/** The calls of an agent in words. */
import { lookOf } from '../../../pages/states.ts'
import type { BoardCall, BoardCell, BoardParty } from '../protocol.ts'
import { durationOf } from './format.ts'

/** Types of calls that say more than who takes part. */
const KINDS: Readonly<Record<string, string>> = {
  CONSULT: 'consult',
  CONFERENCE: 'conference',
  TRANSFER: 'transferred',
  OUTBOUND: 'campaign',
  OUTBOUND_PREVIEW: 'preview',
  OUTBOUND_DIRECT_PREVIEW: 'preview',
  OUTBOUND_CALLBACK_PREVIEW: 'preview of a callback',
}

/** What goes without saying: a party talks, or calls somebody who rings. */
const UNSAID: readonly string[] = ['ACTIVE', 'INITIATED']

const stateWord = (state: string): string => (UNSAID.includes(state) ? '' : lookOf(state).label.toLowerCase())

const partyName = ({ name }: BoardParty): string => name || 'outside'

/**
 * A call in a few words: `held 2:10: outside`, `consult: Boris Novak rings`, `heard by Chris Smith`. `time`: since the
 * agent's state on the call; `''` leaves it out.
 */
export function callWords({ type, state, others, waitsIn, monitors }: BoardCall, time = ''): string {
  const names = others.map(partyName).join(', ')
  if (monitors !== undefined) return `${monitors === 'agent' ? 'heard by' : 'listens to'} ${names} ${time}`.trim()
  const kind = [KINDS[type], stateWord(state)].filter(Boolean).join(', ') || 'call'
  const what = `${kind} ${time}`.trim()
  const parties = others.map((party) => [partyName(party), stateWord(party.state)].filter(Boolean).join(' '))
  const waits = waitsIn === undefined ? [] : [`waits in ${waitsIn}`]
  return `${what}: ${[...parties, ...waits].join(', ') || 'nobody'}`
}

/**
 * The calls of an agent, those on hold last. Several calls have their times; that of a single one is the time of the
 * agent's state.
 */
export const callsWords = (calls: readonly BoardCall[], now: number): readonly string[] => {
  const [held, others] = [calls.filter(({ state }) => state === 'HELD'), calls.filter(({ state }) => state !== 'HELD')]
  return [...others, ...held].map((call) => callWords(call, calls.length > 1 ? durationOf(call.since, now) : ''))
}

/** A call with the states of all its legs. `agent` is the name of the agent whose call it is. */
export function legsLine({ id, type, state, others }: BoardCall, agent: string): string {
  const legs = [{ name: agent, state }, ...others].map((party) => `${partyName(party)} ${lookOf(party.state).label}`)
  return `Call ${id} ${type}: ${legs.join(', ')}`
}

const NAILED = { RINGS: 'connection rings', UP: 'connection is up' } as const

/** A mobile agent in a few words: `mobile, called for each call` or `mobile, connection is up`. */
export function mobileWords({ mode, nailed }: NonNullable<BoardCell['mobile']>): string {
  if (mode === 'CALL_BY_CALL') return 'mobile, called for each call'
  return `mobile, ${nailed === undefined ? 'nailed connection' : NAILED[nailed]}`
}
