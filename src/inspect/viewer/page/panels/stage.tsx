/** The statecharts of the chosen user: all of them small, or one in detail. */
import { useMemo, useState } from 'preact/hooks'
import type { MachineName } from '../../../protocol.ts'
import { Chart } from '../chart/chart.tsx'
import { GRAPHS } from '../chart/layouts.ts'
import type { Picked } from '../chart/shapes.tsx'
import { NOTHING_TAKEN, takenBy } from '../chart/taken.ts'
import { Chip } from '../look/chip.tsx'
import { useShown, useViewer } from '../look/use-viewer.ts'
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
  const { viewer, layouts } = useShown()
  const { session, facts, machine, moment, before, isChanged } = standing
  const layout = layouts.of(machine, 'small')
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
      {layout === undefined ? (
        <Waiting machine={machine} state={moment.seen?.state} />
      ) : (
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

interface WaitingProps {
  readonly machine: MachineName
  readonly state: string | undefined
}

/** Until the places of a chart are computed: its states without arrows, and what is missing. */
function Waiting({ machine, state }: WaitingProps) {
  const nodes = (GRAPHS.get(machine)?.nodes ?? []).filter(({ kind }) => kind === 'rest' || kind === 'final')
  return (
    <div class="waiting">
      <ul>
        {nodes.map(({ key }) => (
          <li key={key} class="node-name" aria-current={key === state ? 'true' : undefined}>
            {key === state ? <Chip state={key} /> : key}
          </li>
        ))}
      </ul>
      <p class="soft" role="status">
        The browser computes where the arrows go.
      </p>
    </div>
  )
}

function Large({ standing }: { readonly standing: Standing }) {
  const { viewer, layouts } = useShown()
  const [picked, pick] = useState<Picked | undefined>(undefined)
  const { facts, machine, moment, before, isChanged } = standing
  const layout = layouts.of(machine, 'full')
  const taken = useTaken(standing)
  if (layout === undefined) return <Waiting machine={machine} state={moment.seen?.state} />
  return (
    <div class="large-chart">
      <Chart
        layout={layout}
        label={`Statechart of ${viewer.names.of(facts)}`}
        state={moment.seen?.state}
        before={isChanged ? before?.seen?.state : undefined}
        taken={taken}
        step={moment.index}
        isLarge
        pick={pick}
      />
      <Told graph={GRAPHS.get(machine)} picked={picked} standing={standing} />
    </div>
  )
}
