/** Gives components the viewer. They are drawn again after changes, once per animation frame. */
import { createContext } from 'preact'
import { useContext, useEffect, useReducer } from 'preact/hooks'
import type { Viewer } from '../model/viewer.ts'

export const ViewerContext = createContext<Viewer | undefined>(undefined)

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext)
  if (viewer === undefined) throw new Error('there is no viewer around this component')
  return viewer
}

/** Draws a component again at each change. Only the outermost component needs it, because it draws all others. */
export function useChanges(viewer: Viewer): void {
  const [, again] = useReducer((count: number) => count + 1, 0)
  useEffect(() => viewer.changes.listen(() => again(undefined)), [viewer])
}
