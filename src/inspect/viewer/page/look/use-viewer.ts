/** Gives components the viewer. They are drawn again after changes, once per animation frame. */
import { createContext } from 'preact'
import { useContext, useEffect, useReducer } from 'preact/hooks'
import { Layouts } from '../chart/layouts.ts'
import { Viewer } from '../model/viewer.ts'

export interface Shown {
  readonly viewer: Viewer
  readonly layouts: Layouts
}

export function makeShown(): Shown {
  const viewer = new Viewer()
  return { viewer, layouts: new Layouts(() => viewer.changes.tell()) }
}

export const ShownContext = createContext<Shown | undefined>(undefined)

export function useShown(): Shown {
  const shown = useContext(ShownContext)
  if (shown === undefined) throw new Error('there is no viewer around this component')
  return shown
}

export const useViewer = (): Viewer => useShown().viewer

/** Draws a component again at each change. Only the outermost component needs it, because it draws all others. */
export function useChanges(viewer: Viewer): void {
  const [, again] = useReducer((count: number) => count + 1, 0)
  useEffect(() => viewer.changes.listen(() => again(undefined)), [viewer])
}
