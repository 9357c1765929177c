/** The view of the lanes, and the list of the interrupts in them. */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Shown } from '../../../../pages/lanes/chart.ts'
import { duration } from '../../../../pages/lanes/format.ts'
import { linksOf } from '../../../../pages/lanes/links.ts'
import { clock } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'
import { lanesOf, type StoryLanes } from '../model/lanes.ts'
import type { Viewer } from '../model/viewer.ts'
import { LaneView } from './lane-view.ts'
import { Quiet } from './quiet.tsx'

declare global {
  interface Window {
    /** For the console and for tests: what the lanes show at the moment. */
    mrdianLanes?: {
      readonly bars: readonly Shown[]
      readonly links: ReturnType<typeof linksOf>
      readonly from: number
      readonly to: number
    }
  }
}

/** Shortest time between two drawings of a live story, in milliseconds. */
const PACE = 250
/** Most interrupts in the list; the latest are kept. */
const LISTED = 50

export function LanesPanel() {
  const viewer = useViewer()
  const { story, now, isLive, moment, names } = viewer
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<LaneView>(undefined)
  const at = isLive ? undefined : moment?.at
  // Frames of other agents move the time on; a second is exact enough for what has not ended.
  const until = story?.isLive ? Math.ceil(now / 1000) * 1000 : (story?.timeline.moments.at(-1)?.at ?? now)
  const version = story?.version ?? 0
  const given = useMemo(
    () => (story === undefined ? undefined : lanesOf(story, until, names)),
    [story, version, until, names.version],
  )
  useEffect(() => {
    if (given === undefined || host.current === null) return
    const place = host.current
    const timer = setTimeout(
      () => show(viewer, view, place, given, at),
      view.current === undefined || !isLive ? 0 : PACE,
    )
    return () => clearTimeout(timer)
  }, [viewer, given, at, isLive])
  useEffect(() => () => view.current?.end(), [])
  return (
    <div class="lanes-panel">
      {story?.steps.length === 0 ? <Quiet /> : null}
      <div ref={host} />
      {given === undefined ? null : <Interrupts lanes={given} />}
    </div>
  )
}

interface Holder {
  current: LaneView | undefined
}

function show(viewer: Viewer, holder: Holder, place: HTMLElement, given: StoryLanes, at: number | undefined): void {
  if (holder.current?.fits(given) !== true) {
    holder.current?.end()
    holder.current = new LaneView(given, (time, session) => {
      viewer.go({ ...viewer.place, at: Math.round(time) })
      if (session !== undefined && viewer.story?.timeline.tracks.has(session)) viewer.choose(session)
    })
    place.replaceChildren(holder.current.host)
  }
  const { current } = holder
  current.update(given, at)
  const { startsAt, agents } = given.result
  window.mrdianLanes = {
    get bars() {
      return current.lanes.shown()
    },
    links: agents.flatMap(linksOf),
    get from() {
      return startsAt + current.axis.from
    },
    get to() {
      return startsAt + current.axis.to
    },
  }
}

/** The links as a list, for everybody who cannot see or point at the canvas. */
function Interrupts({ lanes: { result } }: { readonly lanes: StoryLanes }) {
  const viewer = useViewer()
  const links = useMemo(() => result.agents.flatMap(linksOf), [result])
  const nameOf = (subject: string) => (subject === 'voice' ? 'Voice' : viewer.names.ofMedium(subject) || subject)
  if (links.length === 0) return <p class="soft">No interrupt in the time that is shown.</p>
  return (
    <section aria-label="Interrupts">
      <h3>{`Interrupts (${links.length})`}</h3>
      <ul class="interrupts">
        {links.slice(-LISTED).map(({ at, to, by, of }) => (
          <li key={`${at} ${of}`}>
            <button
              type="button"
              class="plain"
              onClick={() => viewer.go({ ...viewer.place, at: result.startsAt + at })}
            >
              {clock(result.startsAt + at)}
            </button>
            {` ${nameOf(by)} interrupts ${nameOf(of)}, for ${duration(to - at)}`}
          </li>
        ))}
      </ul>
    </section>
  )
}
