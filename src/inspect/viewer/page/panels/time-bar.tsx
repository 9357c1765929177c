/** The buttons for live, pause, back and forward, and a slider over all steps of the story. */
import { dateAndClock, iso } from '../look/format.ts'
import { Icon } from '../look/icon.tsx'
import { useViewer } from '../look/use-viewer.ts'
import { toEnd, toStart, toStep, toStepInput } from '../model/stepping.ts'
import { Jumps } from './jumps.tsx'

export function TimeBar() {
  const viewer = useViewer()
  const { story, past, moment, isLive, shown } = viewer
  if (story === undefined) return null
  const { steps } = story
  const at = story.stepAt(shown)
  const [isFirst, isLast] = [at <= 0, at >= steps.length - 1]
  const time = moment === undefined ? '' : dateAndClock(moment.at)
  return (
    <section class="time-bar" aria-label="Time">
      <button
        type="button"
        class={isLive ? 'live on' : 'live'}
        aria-pressed={isLive}
        onClick={() => (isLive ? viewer.pause() : viewer.live())}
        title={isLive ? 'Pause ( p )' : 'Back to the present ( l )'}
      >
        {isLive ? 'Live' : 'Go live'}
      </button>
      <button
        type="button"
        disabled={past.isLoading}
        onClick={() => past.loadEarlier()}
        title="Load earlier steps from the journal ( e )"
      >
        Earlier
      </button>
      <button
        type="button"
        disabled={isFirst}
        aria-label="To the first step"
        title="To the first step ( Home )"
        onClick={() => toStart(viewer)}
      >
        <Icon of="first" />
      </button>
      <button
        type="button"
        disabled={isFirst}
        aria-label="Back to the previous input"
        title="Back to the previous input ( Shift + ← )"
        onClick={() => toStepInput(viewer, -1)}
      >
        <Icon of="back" />
      </button>
      <button
        type="button"
        disabled={isFirst}
        aria-label="One step back"
        title="One step back ( ← )"
        onClick={() => toStep(viewer, -1)}
      >
        <Icon of="left" />
      </button>
      <button
        type="button"
        disabled={isLast}
        aria-label="One step forward"
        title="One step forward ( → )"
        onClick={() => toStep(viewer, 1)}
      >
        <Icon of="right" />
      </button>
      <button
        type="button"
        disabled={isLast}
        aria-label="Forward to the next input"
        title="Forward to the next input ( Shift + → )"
        onClick={() => toStepInput(viewer, 1)}
      >
        <Icon of="forth" />
      </button>
      <button
        type="button"
        disabled={isLast}
        aria-label="To the last step"
        title="To the last step ( End )"
        onClick={() => toEnd(viewer)}
      >
        <Icon of="last" />
      </button>
      <input
        type="range"
        aria-label="Step"
        aria-valuetext={`${time}, step ${at + 1} of ${steps.length}`}
        min={0}
        max={Math.max(0, steps.length - 1)}
        value={Math.max(0, at)}
        disabled={steps.length === 0}
        onInput={({ currentTarget }) => {
          const step = steps[currentTarget.valueAsNumber]
          if (step !== undefined) viewer.stopAt(step.index)
        }}
      />
      <output class="moment" title={moment === undefined ? '' : iso(moment.at)}>
        <b>{time}</b>
        <span class="soft">{steps.length === 0 ? 'no step yet' : `step ${at + 1} of ${steps.length}`}</span>
      </output>
      <Jumps />
      {past.isLoading ? (
        <span class="soft" role="status">
          reading the journal …
        </span>
      ) : null}
      {past.problem === '' ? null : (
        <span class="problem" role="alert">
          {past.problem}
        </span>
      )}
    </section>
  )
}
