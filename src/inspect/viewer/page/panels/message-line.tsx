/** One message: an arrow between two columns, and the receiver's state after it. */
import { Chip } from '../look/chip.tsx'
import { clock, iso } from '../look/format.ts'
import type { Message } from '../model/messages.ts'
import { type ColumnGrid, LOOP, newsOf, originOf } from './grid.ts'

/** CSS pixels. */
export const ROW = 30
const BESIDE = 8

interface LineProps {
  readonly message: Message | undefined
  readonly grid: ColumnGrid
}

export function MessageLine({ message, grid }: LineProps) {
  if (message === undefined) return null
  const { moment, from, to, text, begins } = message
  const [a, b] = [grid.of(from), grid.of(to)]
  const [news, origin] = [newsOf(message), originOf(message)]
  return (
    <div class={`message${begins ? ' begins' : ''}`} style={{ width: `${grid.width}px` }}>
      <time dateTime={iso(moment.at)}>{begins ? clock(moment.at) : ''}</time>
      <svg width={grid.width} height={ROW} aria-hidden="true">
        {Array.from({ length: grid.count }, (_, index) => (
          <line key={grid.middle(index)} class="life" x1={grid.middle(index)} x2={grid.middle(index)} y1={0} y2={ROW} />
        ))}
        <Way from={a} to={b} />
      </svg>
      <span class="hidden">{`from ${from} to ${to}: `}</span>
      <span class="says" style={placeOf(a, b, grid)} title={`${from} → ${to}: ${text}`}>
        {text}
      </span>
      <span class="result" style={{ left: `${Math.max(a, b) + (a === b ? grid.column : BESIDE)}px` }}>
        {news === '' ? null : <Chip state={news} />}
        {origin === '' ? null : <span class="soft">{origin}</span>}
      </span>
    </div>
  )
}

function placeOf(a: number, b: number, { column }: ColumnGrid) {
  if (a === b) return { left: `${a + LOOP + 4}px`, width: `${column - LOOP - 8}px` }
  return { left: `${Math.min(a, b) + 6}px`, width: `${Math.abs(a - b) - 12}px` }
}

function Way({ from, to }: { readonly from: number; readonly to: number }) {
  const y = ROW - 8
  if (from === to) return <path class="way" d={`M${from} ${y - 8}h${LOOP}v8h${6 - LOOP}m4 -3l-4 3l4 3`} />
  const back = from < to ? -1 : 1
  return <path class="way" d={`M${from} ${y}H${to}m${back * 6} -4l${-back * 6} 4l${back * 6} 4`} />
}
