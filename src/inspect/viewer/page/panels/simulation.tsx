/** The controls of a simulation that runs step by step, and the events since the last step. */
import { clock } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'

export function Simulation() {
  const viewer = useViewer()
  const { hello, step } = viewer
  if (!hello?.steps) return null
  const isWaiting = step?.waiting ?? false
  return (
    <section class="simulation" aria-label="Simulation">
      <b>{isWaiting ? `The simulation waits at ${clock(step?.now ?? 0)}` : 'The simulation runs'}</b>
      <button type="button" disabled={!isWaiting} onClick={() => viewer.simulate('next')}>
        Next event
      </button>
      <button type="button" disabled={!isWaiting} onClick={() => viewer.simulate('continue')}>
        Run to the end
      </button>
      <button type="button" onClick={() => viewer.simulate('quit')}>
        Quit
      </button>
      <span class="soft happened" role="status">
        {step?.happened.join(' · ')}
      </span>
    </section>
  )
}
