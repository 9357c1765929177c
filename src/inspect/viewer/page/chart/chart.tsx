/** The statechart of one actor. The active state is highlighted, and the arrows of the last step are animated. */
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { edgeId } from '../../../diagram/graph.ts'
import type { Layout, PlacedEdge } from '../../../diagram/layout.ts'
import { Edge, Node, type Picked } from './shapes.tsx'
import type { Taken } from './taken.ts'
import { type Point, Zoom, zoomByKey } from './zoom.ts'

interface ChartProps {
  readonly layout: Layout
  /** The name of the actor, for screen readers. */
  readonly label: string
  readonly state: string | undefined
  readonly before: string | undefined
  readonly taken: Taken
  /** Changes with every step, so that the same arrows are animated again. */
  readonly step: number
  readonly isLarge: boolean
  readonly pick?: (picked: Picked | undefined) => void
}

/** The role of an SVG with several images. (HTML has `fieldset`; SVG has no such element.) */
const GROUP = { role: 'group' } as const

export function Chart({ layout, label, state, before, taken, step, isLarge, pick }: ChartProps) {
  const svg = useRef<SVGSVGElement>(null)
  const inner = useRef<SVGGElement>(null)
  const zoom = useRef<Zoom>(undefined)
  const marker = useId()
  useLayoutEffect(() => {
    if (svg.current === null || inner.current === null) return
    const made = new Zoom(svg.current, inner.current, isLarge)
    zoom.current = made
    const sizes = new ResizeObserver(() => made.refit())
    sizes.observe(svg.current)
    return () => {
      sizes.disconnect()
      made.end()
    }
  }, [isLarge])
  useEffect(() => zoom.current?.fit(layout, middleOf(layout, state)), [layout, isLarge])
  useEffect(() => zoom.current?.refit(middleOf(layout, state)), [state])
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || zoom.current === undefined) return
    if (!zoomByKey(zoom.current, event)) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <svg
      ref={svg}
      class={`chart ${isLarge ? 'large' : 'small'}`}
      {...GROUP}
      aria-label={`${label}: ${state ?? 'does not exist'}`}
      tabindex={isLarge ? 0 : -1}
      onKeyDown={isLarge ? key : undefined}
    >
      <defs>
        <Arrow id={marker} kind="arrow" />
        <Arrow id={`${marker}-taken`} kind="arrow taken" />
      </defs>
      <g ref={inner}>
        {ordered(layout, taken).map(({ placed, id, place, isBack }) => (
          <Edge
            key={place >= 0 ? `${id} ${step}` : id}
            placed={placed}
            taken={place}
            isBack={isBack}
            marker={marker}
            pick={pick}
          />
        ))}
        {layout.nodes.map((placed) => (
          <Node
            key={placed.node.key}
            placed={placed}
            isActive={placed.node.key === state}
            isLeft={placed.node.key === before && before !== state}
            isPassed={taken.through.includes(placed.node.key)}
            pick={pick}
          />
        ))}
      </g>
    </svg>
  )
}

/** The middle of a state's box; of the chart without one. */
function middleOf({ nodes, width, height }: Layout, state: string | undefined): Point {
  const { x, y, ...size } = nodes.find(({ node }) => node.key === state)?.box ?? { x: 0, y: 0, width, height }
  return { x: x + size.width / 2, y: y + size.height / 2 }
}

interface Ordered {
  readonly placed: PlacedEdge
  readonly id: string
  readonly place: number
  /** The last step went along it in the opposite direction. */
  readonly isBack: boolean
}

/** The edges in drawing order: those of the last step on top. In a small chart one line is for both directions. */
function ordered({ edges }: Layout, taken: Taken): readonly Ordered[] {
  const drawn = new Set(edges.map(({ edge: { from, to } }) => edgeId(from, to)))
  return edges
    .map((placed) => {
      const { from, to } = placed.edge
      const [id, back] = [edgeId(from, to), edgeId(to, from)]
      const forth = taken.edges.lastIndexOf(id)
      const place = drawn.has(back) ? forth : Math.max(forth, taken.edges.lastIndexOf(back))
      return { placed, id, place, isBack: place > forth }
    })
    .sort((a, b) => Math.min(0, a.place) - Math.min(0, b.place))
}

function Arrow({ id, kind }: { readonly id: string; readonly kind: string }) {
  return (
    <marker
      id={id}
      class={kind}
      viewBox="0 0 8 8"
      refX="7"
      refY="4"
      markerWidth="7"
      markerHeight="7"
      orient="auto-start-reverse"
    >
      <path d="M0 0 8 4 0 8z" />
    </marker>
  )
}
