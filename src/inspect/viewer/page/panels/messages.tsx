/** The sequence diagram of the messages and their results. Time runs down, and every actor has a column. */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useViewer } from '../look/use-viewer.ts'
import { VirtualList } from '../look/virtual-list.tsx'
import { type Message, type Sequence, sequenceOf } from '../model/messages.ts'
import { after } from '../model/timeline.ts'
import { ColumnGrid } from './grid.ts'
import { MessageLine, ROW } from './message-line.tsx'
import { Quiet } from './quiet.tsx'

const EMPTY: Sequence = { columns: [], numbers: new Map(), messages: [] }

export function Messages() {
  const viewer = useViewer()
  const { story, shown, cursor, names } = viewer
  const version = story?.version ?? 0
  // The version says when the story has changed.
  const sequence = useMemo(() => (story === undefined ? EMPTY : sequenceOf(story)), [story, version])
  const { columns, messages } = sequence
  const host = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState(800)
  useLayoutEffect(() => {
    const { current } = host
    if (current === null) return
    const sizes = new ResizeObserver(() => setRoom(current.clientWidth))
    sizes.observe(current)
    return () => sizes.disconnect()
  }, [])
  const heads = columns.map(({ key, sessions }) => names.ofColumn(key, sessions.length))
  const grid = useMemo(() => new ColumnGrid(sequence, heads, room), [sequence, heads.join('\n'), room])
  const chosen = cursor === undefined ? messages.length - 1 : chosenAt(messages, shown)
  return (
    <div ref={host} class="messages-host">
      {messages.length === 0 ? (
        <Quiet />
      ) : (
        <VirtualList
          label="Messages between actors"
          class="messages"
          count={messages.length}
          rowHeight={ROW}
          chosen={chosen}
          followsEnd={viewer.isLive}
          reveal={grid.spanOf(messages[chosen])}
          idOf={(index) => `message-${messages[index]?.moment.index ?? index}`}
          choose={(index) => {
            const message = messages[index]
            if (message === undefined) return
            viewer.stopAt(message.index)
            viewer.choose(message.to)
            viewer.set('panel', 'step')
          }}
          row={(index) => <MessageLine message={messages[index]} grid={grid} />}
          head={<Head columns={columns} heads={heads} grid={grid} />}
        />
      )}
    </div>
  )
}

/** The message that caused the moment that is shown, or the last message before it. */
function chosenAt(messages: readonly Message[], shown: number): number {
  const exact = messages.findLastIndex(({ index }) => index === shown)
  return exact >= 0 ? exact : after(messages, ({ moment }) => moment.index <= shown) - 1
}

interface HeadProps {
  readonly columns: Sequence['columns']
  readonly heads: readonly string[]
  readonly grid: ColumnGrid
}

function Head({ columns, heads, grid }: HeadProps) {
  return (
    <div class="message-head" style={{ width: `${grid.width}px` }} aria-hidden="true">
      {columns.map(({ key, sessions }, index) => (
        <span
          key={key}
          title={sessions.join('\n')}
          style={{ left: `${grid.middle(index) - grid.column / 2}px`, width: `${grid.column}px` }}
        >
          {heads[index]}
        </span>
      ))}
    </div>
  )
}
