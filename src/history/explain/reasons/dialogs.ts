/** Why a dialog or a presence is in its state: `media 12.2`, `notifications 9`. */
import type { Reason, Subject } from '../explanation.ts'
import { ownGuard } from '../own-guards.ts'
import type { TaskPicture } from '../picture.ts'
import { byRule } from '../told.ts'
import { absence, reason, type Scene, stated } from './scene.ts'

export function dialogReasons(scene: Scene, subject: Extract<Subject, { kind: 'dialog' }>): readonly Reason[] {
  const task = scene.picture.tasks[subject.dialog]
  if (!task) return []
  const { view, transferTo } = task
  const ends = scene.deadlines.some(({ owner, name }) => owner === view.dialog && name === 'TASK_LIFE')
  return [
    ...stated(scene, subject, view.state),
    ...(view.state === 'INTERRUPTED' ? [afterInterrupt(task, scene)] : []),
    ...(transferTo === null ? [] : [reason('D10', `its transfer to ${transferTo} waits for the ACD`)]),
    ...(ends ? [byRule('D19')] : []),
  ]
}

function afterInterrupt({ beforeInterrupt }: TaskPicture, { picture }: Scene): Reason {
  const own = ownGuard(picture.setup.rules, 'task.was')
  if (own !== undefined) return reason([], `${own} will decide its state when the interrupt is over`)
  return beforeInterrupt === null
    ? byRule('D14')
    : reason('D13', `it will be ${beforeInterrupt} again when the interrupt is over`)
}

export function presenceReasons(scene: Scene, side: string): readonly Reason[] {
  const subject = { kind: 'presence', side } as const
  return [...stated(scene, subject, scene.picture.presence[side]?.state ?? 'ABSENT'), ...absence(scene, subject)]
}
