/** The sequence diagram: who said what to whom, and what became of it. Time runs down, every actor has a column. */
import { useMemo } from 'preact/hooks'
import { Chip } from '../look/chip.tsx'
import { clock, originText } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'
import { VirtualList } from '../look/virtual-list.tsx'
import { type Message, OUTSIDE, type Sequence, sequenceOf } from '../model/messages.ts'
import { after } from '../model/timeline.ts'

const ROW = 30
const TIME = 92
const COLUMN = 112
/** For the state that a message led to. */
const RESULT = 190

const EMPTY: Sequence = { columns: [], messages: [] }

export function Messages() {
  const viewer = useViewer()
  const { story, shown, cursor } = viewer
  const version = story?.version ?? 0
  // the version says when the story has changed
  const { columns, messages } = useMemo(() => (story === undefined ? EMPTY : sequenceOf(story)), [story, version])
  if (story === undefined) return null
  if (messages.length === 0)
    return (
      <p class="empty">
        Nothing has happened to this agent in the time that is shown. Let the agent do something, or look further back
        with “Earlier”.
      </p>
    )
  const chosen = cursor === undefined ? messages.length - 1 : after(messages, ({ moment }) => moment.index <= shown) - 1
  const width = TIME + columns.length * COLUMN + RESULT
  return (
    <VirtualList
      label="Messages between actors"
      class="messages"
      count={messages.length}
      rowHeight={ROW}
      chosen={chosen}
      followsEnd={viewer.isLive}
      reveal={cursor === undefined ? undefined : spanOf(messages[chosen], columns)}
      idOf={(index) => `message-${messages[index]?.moment.index ?? index}`}
      choose={(index) => {
        const message = messages[index]
        if (message === undefined) return
        viewer.stopAt(message.index)
        viewer.choose(message.to)
      }}
      row={(index) => <Line message={messages[index]} columns={columns} width={width} />}
      head={<Head columns={columns} width={width} />}
    />
  )
}

const middle = (column: number) => TIME + column * COLUMN + COLUMN / 2

/** From the arrow's left end to the state that it led to. */
function spanOf(message: Message | undefined, columns: readonly string[]): readonly [number, number] | undefined {
  if (message === undefined) return undefined
  const ends = [middle(columns.indexOf(message.from)), middle(columns.indexOf(message.to))]
  return [Math.min(...ends) - COLUMN / 2, Math.max(...ends) + RESULT]
}

/** `media:5001` of `user/1001/media:5001`: the column says the rest. */
const columnName = (session: string) =>
  session.startsWith('user/') ? (session.split('/').slice(2).at(-1) ?? session) : session

function Head({ columns, width }: { readonly columns: readonly string[]; readonly width: number }) {
  return (
    <div class="message-head" style={{ width: `${width}px` }} aria-hidden="true">
      {columns.map((session, index) => (
        <span key={session} title={session} style={{ left: `${middle(index) - COLUMN / 2}px`, width: `${COLUMN}px` }}>
          {columnName(session)}
        </span>
      ))}
    </div>
  )
}

interface LineProps {
  readonly message: Message | undefined
  readonly columns: readonly string[]
  readonly width: number
}

function Line({ message, columns, width }: LineProps) {
  if (message === undefined) return null
  const { moment, from, to, text, result, before, begins } = message
  const [a, b] = [middle(columns.indexOf(from)), middle(columns.indexOf(to))]
  const state = result?.seen?.state ?? ''
  const isNews = state !== '' && state !== before?.seen?.state
  const origin = begins && from === OUTSIDE && moment.origin !== undefined ? originText(moment.origin) : ''
  return (
    <div class={`message${begins ? ' begins' : ''}`} style={{ width: `${width}px` }}>
      <time dateTime={new Date(moment.at).toISOString()}>{begins ? clock(moment.at) : ''}</time>
      <svg width={width} height={ROW} aria-hidden="true">
        {columns.map((session, index) => (
          <line key={session} class="life" x1={middle(index)} x2={middle(index)} y1={0} y2={ROW} />
        ))}
        <Way from={a} to={b} />
      </svg>
      <span class="hidden">{`${columnName(from)} to ${columnName(to)}: `}</span>
      <span
        class="says"
        style={a === b ? { left: `${a + 26}px`, width: `${COLUMN - 30}px` } : placeOf(a, b)}
        title={`${from} → ${to}: ${text}`}
      >
        {text}
      </span>
      {isNews ? (
        <span class="result" style={{ left: `${Math.max(a, b) + 12}px` }}>
          <Chip state={state} />
        </span>
      ) : null}
      {origin === '' ? null : (
        <span class="origin soft" style={{ left: `${middle(columns.length - 1) + COLUMN / 2}px` }}>
          {origin}
        </span>
      )}
    </div>
  )
}

function placeOf(a: number, b: number) {
  return { left: `${Math.min(a, b) + 6}px`, width: `${Math.abs(a - b) - 12}px` }
}

function Way({ from, to }: { readonly from: number; readonly to: number }) {
  const y = ROW - 8
  if (from === to) return <path class="way" d={`M${from} ${y - 8}h20v8h-14m4 -3l-4 3l4 3`} />
  const back = from < to ? -1 : 1
  return <path class="way" d={`M${from} ${y}H${to}m${back * 6} -4l${-back * 6} 4l${back * 6} 4`} />
}
