/** A list of any length in which only the visible rows have elements. All rows have the same height. */
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Additional rows above and below, so that scrolling shows no gaps. */
const BEYOND = 6

export interface VirtualListProps {
  readonly label: string
  readonly count: number
  /** CSS pixels. */
  readonly rowHeight: number
  /** The chosen row; -1 for none. When it changes, the list scrolls to it. */
  readonly chosen: number
  readonly choose: (index: number) => void
  readonly idOf: (index: number) => string
  readonly row: (index: number) => ComponentChildren
  /** The list stays scrolled to the end while it grows. */
  readonly followsEnd?: boolean
  readonly class?: string
  readonly head?: ComponentChildren
  /** Left and right edge of the part of the chosen row to show, if rows are wider than the list. CSS pixels. */
  readonly reveal?: readonly [number, number] | undefined
}

const MOVES: Readonly<Record<string, (at: number, page: number, last: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_at, _page, last) => last,
}

/** An ARIA list box. It is one tab stop; the arrow keys move inside. */
export function VirtualList(props: VirtualListProps) {
  const { label, count, rowHeight, chosen, choose, idOf, row, followsEnd = false } = props
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(600)
  useLayoutEffect(() => {
    const { current } = box
    if (current === null) return
    const sizes = new ResizeObserver(() => setHeight(current.clientHeight))
    sizes.observe(current)
    return () => sizes.disconnect()
  }, [])
  useEffect(() => {
    const { current } = box
    if (current === null || chosen < 0) return
    const [from, to] = [chosen * rowHeight, (chosen + 1) * rowHeight]
    if (from < current.scrollTop) current.scrollTop = from
    else if (to > current.scrollTop + current.clientHeight) current.scrollTop = to - current.clientHeight
  }, [chosen, rowHeight])
  const [left, right] = props.reveal ?? [0, 0]
  useEffect(() => {
    const { current } = box
    if (current === null || right === 0) return
    if (left < current.scrollLeft) current.scrollLeft = left
    else if (right > current.scrollLeft + current.clientWidth)
      current.scrollLeft = Math.min(left, right - current.clientWidth)
  }, [left, right])
  useEffect(() => {
    if (followsEnd && box.current !== null) box.current.scrollTop = count * rowHeight
  }, [followsEnd, count, rowHeight])
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND)
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + BEYOND)
  const key = (event: KeyboardEvent) => {
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : MOVES[event.key]
    if (move === undefined || count === 0) return
    const page = Math.max(1, Math.floor(height / rowHeight) - 1)
    choose(Math.min(count - 1, Math.max(0, move(chosen, page, count - 1))))
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      ref={box}
      class={`virtual ${props.class ?? ''}`}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={chosen >= first && chosen < end ? idOf(chosen) : undefined}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={key}
    >
      {props.head}
      <div class="virtual-all" style={{ height: `${count * rowHeight}px` }}>
        {Array.from({ length: Math.max(0, end - first) }, (_, offset) => {
          const index = first + offset
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the list has the focus and the keys
            <div
              key={idOf(index)}
              id={idOf(index)}
              class={`row${index === chosen ? ' chosen' : ''}`}
              role="option"
              aria-selected={index === chosen}
              aria-setsize={count}
              aria-posinset={index + 1}
              style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
              onClick={() => choose(index)}
            >
              {row(index)}
            </div>
          )
        })}
      </div>
    </div>
  )
}
