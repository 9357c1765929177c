/** The status of the data: connection, dropped frames, hidden values. */
import { useEffect, useState } from 'preact/hooks'
import { count } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'
import type { Connection } from '../net/stream.ts'
import { PersonalHidden } from './personal.tsx'

const DROPPED =
  'There were more frames than the stream may send. The states are correct, but some steps are missing here. The journal has them.'

export function Status() {
  const viewer = useViewer()
  const { connection, hello, dropped, isReady, session } = viewer
  return (
    <div class="status">
      {dropped > 0 ? (
        <span class="warning" title={DROPPED}>
          {`${count(dropped, 'frame')} dropped`}
        </span>
      ) : null}
      {hello?.redacted ? <PersonalHidden /> : null}
      <span class={`connection ${connection.state}`} role="status">
        {connection.state === 'waiting' ? <Waiting {...connection} /> : textOf(connection, isReady, session?.way ?? '')}
      </span>
      {connection.state === 'waiting' ? (
        <button type="button" onClick={() => viewer.reconnect()}>
          Try now
        </button>
      ) : null}
    </div>
  )
}

/** `way`: how the page sees the server, if not directly. */
function textOf({ state }: Connection, isReady: boolean, way: string): string {
  if (state === 'open' && isReady) return way === '' ? 'connected' : `connected, ${way}`
  if (state === 'open') return 'reading …'
  if (state === 'connecting') return 'connecting …'
  return state === 'recorded' ? 'no live engine, only the past' : 'signed out'
}

function Waiting({ retryAt, why }: { readonly retryAt: number; readonly why: string }) {
  const [now, setNow] = useState(performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 500)
    return () => clearInterval(timer)
  }, [])
  return <>{`${why}; again in ${Math.max(0, Math.ceil((retryAt - now) / 1000))} s`}</>
}
