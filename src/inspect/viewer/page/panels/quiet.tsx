/** The message if nothing happened in the time that is shown, with a button that shows the last input. */
import { dateAndClock } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'

export function Quiet() {
  const viewer = useViewer()
  const { lastInput } = viewer.names
  return (
    <p class="empty">
      {'Nothing has happened to this agent in the time that is shown. What happens from now on appears by itself. '}
      {lastInput === undefined ? (
        'Look further back with “Earlier”.'
      ) : (
        <button type="button" onClick={() => viewer.go({ ...viewer.place, at: lastInput })}>
          {`Show the last step, of ${dateAndClock(lastInput)}`}
        </button>
      )}
    </p>
  )
}
