/** The actors of the chosen user at the moment that is shown, as cards. */
import { Chip } from '../look/chip.tsx'
import { useViewer } from '../look/use-viewer.ts'
import { actorsAt } from '../model/scene.ts'

export function Actors() {
  const viewer = useViewer()
  const { story, shown, actor, names } = viewer
  if (story === undefined) return null
  return (
    <div class="actors" role="toolbar" aria-label="Actors of the agent">
      {actorsAt(story, shown).map(({ session, facts, moment, isChanged }) => (
        <button
          type="button"
          key={session}
          class={`actor${isChanged ? ' changed' : ''}`}
          aria-pressed={session === actor}
          title={session}
          data-session={session}
          onClick={() => viewer.choose(session)}
          onDblClick={() => viewer.set('view', 'chart')}
        >
          <span>{names.of(facts)}</span>
          <Chip state={moment.seen?.state ?? ''} />
        </button>
      ))}
    </div>
  )
}
