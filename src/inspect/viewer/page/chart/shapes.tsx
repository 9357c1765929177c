/** Boxes and arrows of a chart, as SVG. */
import { memo } from 'preact/compat'
import { inkOn } from '../../../../pages/colour.ts'
import { edgeId, nodeLabel } from '../../../diagram/graph.ts'
import { type Box, type PlacedEdge, type PlacedNode, pathOf } from '../../../diagram/layout.ts'
import { ANY } from '../../../diagram/model.ts'
import { LABEL_LINE } from '../../chart/setting.ts'
import { TEXT_SIZE, type TextKind } from '../../chart/widths.ts'
import { fillOf } from '../look/chip.tsx'
import { widthOf } from '../look/measure.ts'

/** Radius of the corners of arrows in CSS pixels. */
const RADIUS = 6

/** Kinds of nodes in which a machine never stays. */
const ROUND: ReadonlySet<string> = new Set(['choice', 'any', 'group'])

/** The fonts in `style/3-charts.css`. */
const FONTS: Readonly<Record<TextKind, string>> = {
  state: `600 ${TEXT_SIZE}px system-ui, sans-serif`,
  label: `${TEXT_SIZE}px system-ui, sans-serif`,
}

/** Narrows a text that is wider than `room`, because the font of this browser is wider than that of the places. */
const within = (room: number, text: string, kind: TextKind) =>
  widthOf(text, FONTS[kind]) > room ? { textLength: room, lengthAdjust: 'spacingAndGlyphs' } : {}

export interface Picked {
  readonly kind: 'node' | 'edge'
  readonly id: string
}

interface Pick {
  readonly pick?: ((picked: Picked | undefined) => void) | undefined
}

function picking({ pick }: Pick, picked: Picked) {
  // Each is an image with a name. It can have the focus, so that its details can be read without a pointer.
  const role = 'img'
  if (pick === undefined) return { role } as const
  return {
    role,
    tabindex: 0,
    onPointerEnter: () => pick(picked),
    onPointerLeave: () => pick(undefined),
    onFocus: () => pick(picked),
    onBlur: () => pick(undefined),
  } as const
}

interface EdgeProps extends Pick {
  readonly placed: PlacedEdge
  /** Its place among the arrows of the last step, from 0; -1 if it is not one of them. */
  readonly taken: number
  /** The last step went along it in the opposite direction. */
  readonly isBack: boolean
  readonly marker: string
}

export const Edge = memo(({ placed, taken, isBack, marker, pick }: EdgeProps) => {
  const { edge, points, box } = placed
  const { lines } = edge
  const id = edgeId(edge.from, edge.to)
  const path = pathOf(isBack ? points.toReversed() : points, RADIUS)
  return (
    <g class={`edge${taken >= 0 ? ' taken' : ''}`} data-edge={id}>
      <path class="line" d={path} markerEnd={`url(#${marker}${taken >= 0 ? '-taken' : ''})`} />
      {taken >= 0 ? <path class={`run run-${Math.min(taken, 2)}`} d={path} pathLength={1} /> : null}
      {box === undefined ? (
        <path class="reach" d={path} />
      ) : (
        <g
          {...picking({ pick }, { kind: 'edge', id })}
          class="label"
          aria-label={`${nodeLabel(edge.from)} to ${edge.to}: ${lines.join(', ')}`}
        >
          <path class="reach" d={path} />
          <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={3} />
          <Lines box={box} lines={lines} />
        </g>
      )}
    </g>
  )
})

function Lines({ box, lines }: { readonly box: Box; readonly lines: readonly string[] }) {
  return (
    <text>
      {lines.map((line, index) => (
        <tspan
          key={line}
          x={box.x + box.width / 2}
          y={box.y + 12 + index * LABEL_LINE}
          {...within(box.width - 4, line, 'label')}
        >
          {line}
        </tspan>
      ))}
    </text>
  )
}

interface NodeProps extends Pick {
  readonly placed: PlacedNode
  readonly isActive: boolean
  /** The last step left this state. */
  readonly isLeft: boolean
  /** The last step entered and left this state. */
  readonly isPassed: boolean
}

export const Node = memo(({ placed, isActive, isLeft, isPassed, pick }: NodeProps) => {
  const { node, box } = placed
  if (node.kind === 'start')
    return <circle class="start" cx={box.x + box.width / 2} cy={box.y + box.height / 2} r={box.width / 2} />
  const marks = [isActive ? 'active' : '', isLeft ? 'left' : '', isPassed ? 'passed' : ''].filter((mark) => mark !== '')
  const says = [nodeLabel(node.key), ...(isActive ? ['active'] : []), ...(isLeft ? ['just left'] : [])]
  const fill = isActive ? { fill: fillOf(node.key), stroke: fillOf(node.key) } : {}
  return (
    <g
      {...picking({ pick }, { kind: 'node', id: node.key })}
      class={['node', node.kind, ...marks].join(' ')}
      data-node={node.key === ANY ? 'any' : node.key}
      aria-label={says.join(', ')}
    >
      {isActive ? (
        <rect
          class="glow"
          x={box.x - 4}
          y={box.y - 4}
          width={box.width + 8}
          height={box.height + 8}
          rx={10}
          style={{ stroke: fillOf(node.key) }}
        />
      ) : null}
      <rect class="box" {...box} rx={ROUND.has(node.kind) ? box.height / 2 : 7} style={fill} />
      {node.kind === 'final' ? (
        <rect class="inside" x={box.x + 3} y={box.y + 3} width={box.width - 6} height={box.height - 6} rx={5} />
      ) : null}
      <text
        x={box.x + box.width / 2}
        y={box.y + box.height / 2}
        {...within(box.width - 8, nodeLabel(node.key), 'state')}
        style={isActive ? { fill: inkOn(fillOf(node.key)) } : {}}
      >
        {nodeLabel(node.key)}
      </text>
    </g>
  )
})
