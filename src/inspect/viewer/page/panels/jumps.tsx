/** Jumps to a time, to the next interrupt and to the next error. */
import { useRef } from 'preact/hooks'
import { useViewer } from '../look/use-viewer.ts'

export function Jumps() {
  const viewer = useViewer()
  const time = useRef<HTMLInputElement>(null)
  const { seeker } = viewer
  const submit = (event: Event) => {
    event.preventDefault()
    if (time.current !== null && time.current.value.trim() !== '') seeker.toTime(time.current.value)
  }
  return (
    <fieldset class="jumps" aria-label="Jump">
      <form onSubmit={submit}>
        <input
          ref={time}
          id="time"
          aria-label="Go to a time, such as 10:42 or 5m ago"
          title="Go to a time ( t )"
          placeholder="10:42, 5m ago"
          autocomplete="off"
          spellcheck={false}
        />
        <button type="submit" aria-label="Go to this time">
          Go
        </button>
      </form>
      <button
        type="button"
        title="To the next interrupt ( i ), to the previous one ( Shift + i )"
        onClick={() => void seeker.to('interrupt', 1)}
      >
        Next interrupt
      </button>
      <button
        type="button"
        title="To the next error ( x ), to the previous one ( Shift + x )"
        onClick={() => void seeker.to('error', 1)}
      >
        Next error
      </button>
      <span class="soft" role="status">
        {seeker.told}
      </span>
    </fieldset>
  )
}
