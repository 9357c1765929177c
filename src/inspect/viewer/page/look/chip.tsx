/** A state as a coloured sign: the same look as in reports. */
import { inkOn } from '../../../../pages/colour.ts'
import { lookOf } from '../../../../pages/states.ts'

/** Presences, sides and calls have states of their own, which the looks of agents do not name. */
const OTHERS: Readonly<Record<string, string>> = {
  PRESENT: '#2f9e5b',
  ABSENT: '#7b828c',
  GRACE: '#c77700',
  IN_SERVICE: '#2f9e5b',
  OUT_OF_SERVICE: '#d6336c',
  ALERTING: '#a06cc8',
  INITIATED: '#a06cc8',
  DROPPED: '#7b828c',
}

export const fillOf = (state: string): string => OTHERS[state] ?? lookOf(state).fill

export function Chip({ state, label }: { readonly state: string; readonly label?: string | undefined }) {
  const [fill, hatch] = [fillOf(state), lookOf(state).hatch]
  // Where nothing goes on, there is an outline only.
  const colours = hatch === 'baseline' ? {} : { backgroundColor: fill, color: inkOn(fill) }
  return (
    <span class={`chip hatch-${hatch}`} style={colours} data-state={state}>
      {label === undefined ? null : <span class="chip-of">{label}</span>}
      {state === '' ? 'gone' : state}
    </span>
  )
}
