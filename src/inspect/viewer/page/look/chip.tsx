/** A state as a coloured chip. It looks the same as in reports. */
import { inkOn } from '../../../../pages/colour.ts'
import { lookOf } from '../../../../pages/states.ts'

/** States of presences and sides, which are missing in the looks of agent states. */
const OTHERS: Readonly<Record<string, string>> = {
  PRESENT: '#2f9e5b',
  ABSENT: '#7b828c',
  GRACE: '#c77700',
  IN_SERVICE: '#2f9e5b',
  OUT_OF_SERVICE: '#d6336c',
}

export const fillOf = (state: string): string => OTHERS[state] ?? lookOf(state).fill

export function Chip({ state, label }: { readonly state: string; readonly label?: string | undefined }) {
  const [fill, hatch] = [fillOf(state), lookOf(state).hatch]
  // Inactive states have only an outline.
  const colours = hatch === 'baseline' ? {} : { backgroundColor: fill, color: inkOn(fill) }
  return (
    <span class={`chip hatch-${hatch}`} style={colours} data-state={state}>
      {label === undefined ? null : <span class="chip-of">{label}</span>}
      {state === '' ? 'ended' : state}
    </span>
  )
}
