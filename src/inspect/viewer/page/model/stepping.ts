/** Moves back and forward through the steps of a story. */
import { isSameEpisode } from './scene.ts'
import type { Viewer } from './viewer.ts'

function stopAtStep(viewer: Viewer, step: number): void {
  const { story } = viewer
  const moment = story?.steps[Math.min(story.steps.length - 1, Math.max(0, step))]
  if (moment === undefined) return
  viewer.stopAt(moment.index)
}

/** Moves by this number of steps. A step is one actor's reaction to one event. */
export function toStep(viewer: Viewer, by: number): void {
  const at = viewer.story?.stepAt(viewer.shown) ?? -1
  stopAtStep(viewer, at + by)
}

/** Moves to the last step caused by the previous or the next input. */
export function toStepInput(viewer: Viewer, by: 1 | -1): void {
  const steps = viewer.story?.steps ?? []
  let at = viewer.story?.stepAt(viewer.shown) ?? -1
  const isInside = (step: number) => isSameEpisode(steps[step], steps[step + 1])
  if (by < 0) {
    while (at > 0 && isSameEpisode(steps[at], steps[at - 1])) at--
    return stopAtStep(viewer, at - 1)
  }
  if (!isInside(at)) at++
  while (isInside(at)) at++
  stopAtStep(viewer, at)
}

export const toStart = (viewer: Viewer) => stopAtStep(viewer, 0)
export const toEnd = (viewer: Viewer) => stopAtStep(viewer, Number.MAX_SAFE_INTEGER)
