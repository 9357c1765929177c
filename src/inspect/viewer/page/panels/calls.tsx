/** The calls of the chosen user at the moment that is shown: one line for each, with the states of all its legs. */
import { Chip } from '../look/chip.tsx'
import { useViewer } from '../look/use-viewer.ts'
import { callsAt } from '../model/calls.ts'

export function Calls() {
  const viewer = useViewer()
  const { story, shown } = viewer
  if (story === undefined) return null
  const calls = callsAt(story, shown)
  if (calls.length === 0) return null
  return (
    <ul class="calls" aria-label="Calls of the agent">
      {calls.map(({ dialog, type, state, legs }) => (
        <li key={dialog} data-call={dialog}>
          <button type="button" class="plain" onClick={() => viewer.choose(`call/${dialog}`)}>
            {`Call ${dialog}`}
          </button>
          <span class="soft">{`${type} ${state}`}</span>
          {legs.map(({ user, state: has, cause }, index) => (
            <span key={index}>
              <Chip state={has} label={user || 'outside'} />
              {cause === '' ? null : <span class="soft">{` ${cause}`}</span>}
            </span>
          ))}
        </li>
      ))}
    </ul>
  )
}
