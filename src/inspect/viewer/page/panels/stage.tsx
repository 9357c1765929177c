/** The statecharts of the chosen user: all of them small, or one in detail. */
import { useMemo, useState } from 'preact/hooks'
import { Chart } from '../chart/chart.tsx'
import { LAYOUTS } from '../chart/layouts.ts'
import type { Picked } from '../chart/shapes.tsx'
import { NOTHING_TAKEN, takenBy } from '../chart/taken.ts'
import { Chip } from '../look/chip.tsx'
import { useViewer } from '../look/use-viewer.ts'
import { actorsAt, type Standing } from '../model/scene.ts'
import { Told } from './told.tsx'

/** Height of the head of a tile with its border. CSS pixels. */
const HEADER = 44

export function Stage() {
  const viewer = useViewer()
  const { story, shown, actor, view } = viewer
  if (story === undefined) return null
  const actors = actorsAt(story, shown)
  if (view === 'charts')
    return (
      <div class="tiles">
        {actors.map((standing) => (
          <Tile key={standing.session} standing={standing} isChosen={standing.session === actor} />
        ))}
      </div>
    )
  const one = actors.find(({ session }) => session === actor)
  return one === undefined ? (
    <p class="empty">{`${actor ?? 'The actor'} does not exist at this moment. Choose another one above, or another moment.`}</p>
  ) : (
    <Large standing={one} />
  )
}

/** The arrows of the step that is shown, if it changed this actor. */
function useTaken({ moment, isChanged }: Standing) {
  return useMemo(() => (isChanged ? takenBy(moment.transitions ?? []) : NOTHING_TAKEN), [moment, isChanged])
}

function Tile({ standing, isChosen }: { readonly standing: Standing; readonly isChosen: boolean }) {
  const viewer = useViewer()
  const { session, facts, machine, moment, before, isChanged } = standing
  const layout = LAYOUTS.get(machine)?.small
  const taken = useTaken(standing)
  const name = viewer.names.of(facts)
  const open = () => {
    viewer.choose(session)
    viewer.set('view', 'chart')
  }
  return (
    <article
      class={`tile${isChosen ? ' chosen' : ''}${isChanged ? ' changed' : ''}`}
      data-session={session}
      style={layout === undefined ? {} : { flexBasis: `${layout.width + 4}px`, height: `${layout.height + HEADER}px` }}
    >
      <header>
        <button type="button" class="plain" aria-label={`${name}: show the chart in detail`} onClick={open}>
          {name}
        </button>
        <Chip state={moment.seen?.state ?? ''} />
      </header>
      {layout === undefined ? null : (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the button in the header does the same
        <div class="chart-box" onClick={() => viewer.choose(session)} onDblClick={open}>
          <Chart
            layout={layout}
            label={name}
            state={moment.seen?.state}
            before={isChanged ? before?.seen?.state : undefined}
            taken={taken}
            step={moment.index}
            isLarge={false}
          />
        </div>
      )}
    </article>
  )
}

function Large({ standing }: { readonly standing: Standing }) {
  const viewer = useViewer()
  const [picked, pick] = useState<Picked | undefined>(undefined)
  const { facts, machine, moment, before, isChanged } = standing
  const chart = LAYOUTS.get(machine)
  const taken = useTaken(standing)
  if (chart === undefined) return null
  return (
    <div class="large-chart">
      <Chart
        layout={chart.full}
        label={`Statechart of ${viewer.names.of(facts)}`}
        state={moment.seen?.state}
        before={isChanged ? before?.seen?.state : undefined}
        taken={taken}
        step={moment.index}
        isLarge
        pick={pick}
      />
      <Told graph={chart.graph} picked={picked} standing={standing} />
    </div>
  )
}
