/** Keyboard shortcuts that work everywhere except in input fields. */
import { actorsAt } from '../model/scene.ts'
import { toEnd, toStart, toStep, toStepInput } from '../model/stepping.ts'
import type { Viewer } from '../model/viewer.ts'

const inField = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement

function nextActor(viewer: Viewer, by: number): void {
  const { story, shown, actor } = viewer
  const actors = story === undefined ? [] : actorsAt(story, shown)
  const at = actors.findIndex(({ session }) => session === actor)
  const next = actors[(at + by + actors.length) % actors.length]
  if (next !== undefined) viewer.choose(next.session)
}

function actions(viewer: Viewer, help: () => void): Readonly<Record<string, () => void>> {
  return {
    ArrowLeft: () => toStep(viewer, -1),
    ArrowRight: () => toStep(viewer, 1),
    'Shift+ArrowLeft': () => toStepInput(viewer, -1),
    'Shift+ArrowRight': () => toStepInput(viewer, 1),
    ',': () => toStep(viewer, -1),
    '.': () => toStep(viewer, 1),
    Home: () => toStart(viewer),
    End: () => toEnd(viewer),
    p: () => viewer.pause(),
    l: () => viewer.live(),
    e: () => viewer.past.loadEarlier(),
    '/': () => document.getElementById('search')?.focus(),
    '1': () => viewer.set('view', 'lanes'),
    '2': () => viewer.set('view', 'charts'),
    '3': () => viewer.set('view', 'chart'),
    '4': () => viewer.set('view', 'messages'),
    i: () => void viewer.seeker.to('interrupt', 1),
    I: () => void viewer.seeker.to('interrupt', -1),
    x: () => void viewer.seeker.to('error', 1),
    X: () => void viewer.seeker.to('error', -1),
    t: () => document.getElementById('time')?.focus(),
    s: () => viewer.set('panel', 'step'),
    c: () => viewer.set('panel', 'context'),
    w: () => viewer.set('panel', 'why'),
    '[': () => nextActor(viewer, -1),
    ']': () => nextActor(viewer, 1),
    f: () => viewer.widen(),
    '?': help,
  }
}

export function keyOfPage(viewer: Viewer, event: KeyboardEvent, help: () => void): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return
  if (document.querySelector('dialog[open]') !== null) return
  const isArrow = event.key.startsWith('Arrow')
  const act = actions(viewer, help)[`${isArrow && event.shiftKey ? 'Shift+' : ''}${event.key}`]
  if (act === undefined) return
  event.preventDefault()
  act()
}
