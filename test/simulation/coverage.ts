/** Which events occurred in which states: the cells of the state tables that a run has covered. */
import { mediaState, userState } from '../../machines/index.ts'
import type { UserBehaviour } from '../../src/engine/aggregate/user/behaviour.ts'
import type { Input } from '../../src/engine/input.ts'

type Snapshot = UserBehaviour['snapshot']

const MEDIA_WIDE: ReadonlySet<string> = new Set(['LINK_LOST', 'LINK_BACK', 'PATH_LOST', 'PATH_BACK', 'PERIPHERAL_LOST'])

function wordOf(input: Input): string {
  switch (input.kind) {
    case 'user': {
      const { event } = input
      if (event.type === 'MEDIA_STATE') return `MEDIA_${event.state}`
      if (event.type === 'MEDIA_ROUTABLE') return event.routable ? 'ROUTABLE' : 'NOT_ROUTABLE'
      if (event.type === 'DIALOG_ACTION') return event.action
      if (event.type === 'PRESENCE') return event.available ? 'AVAILABLE' : 'UNAVAILABLE'
      return 'supervisor' in event && event.supervisor ? `${event.type} by supervisor` : event.type
    }
    case 'acd':
      return input.event.type
    case 'message':
      return input.body.type === 'leg' ? `leg ${input.body.change} ${input.body.leg}` : input.body.type
    case 'deadline':
      return input.name
    default:
      return input.kind
  }
}

/** `machine STATE event` for every machine of the user that the input is for. */
export function cellsOf(snapshot: Snapshot, input: Input): readonly string[] {
  const { context } = snapshot
  const state = userState(snapshot)
  const word = wordOf(input)
  const cells: string[] = []
  const body = input.kind === 'user' || input.kind === 'acd' ? input.event : input.kind === 'message' ? input.body : {}
  const mrd = 'mrd' in body ? body.mrd : undefined
  const owner = 'dialog' in body ? body.dialog : input.kind === 'deadline' ? input.owner : undefined
  for (const [id, actor] of Object.entries(context.media)) {
    const medium = actor.getSnapshot()
    const dialogs = Object.entries(medium.context.dialogs)
    const concerned = id === mrd || MEDIA_WIDE.has(word) || dialogs.some(([dialog]) => dialog === owner)
    if (concerned) cells.push(`media ${mediaState(medium)} ${word}`)
    for (const [dialog, task] of dialogs)
      if (dialog === owner || MEDIA_WIDE.has(word)) cells.push(`task ${task.getSnapshot().value} ${word}`)
  }
  if (mrd === undefined && owner === undefined) cells.push(`user ${state} ${word}`)
  const presence = context.presence.A?.getSnapshot().value
  if (/AVAILABLE|SERVICE|GRACE|LINK/.test(word)) cells.push(`presence ${String(presence)} ${word}`)
  if (input.kind === 'deadline' && input.owner === 'user') cells.push(`user ${state} ${word}`)
  return cells
}
