/** The requests that are accepted in a state, from the rows and guards of the charts. `machines/requests.ts` must agree. */
import type { AnyMachineSnapshot, EventObject } from 'xstate'
import { type MediaContext, type MediaEvent, UNKNOWN_SETTINGS } from '../../machines/media/model.ts'
import type { Request } from '../../machines/requests.ts'
import type { TaskEvent } from '../../machines/task/model.ts'
import type { UserContext, UserEvent } from '../../machines/user/model.ts'

/** The actions of rows that refuse a request. */
const REFUSING: ReadonlySet<string> = new Set(['refuse', 'reject'])

/** The rows do not use the time. */
const at = 0

/** Has the chart a row for the event now that does not refuse it? The guards of the rows are asked. */
function isAccepted(snapshot: AnyMachineSnapshot, event: EventObject): boolean {
  const rows = snapshot.machine.getTransitionData(snapshot, event)
  return rows.length > 0 && !rows.some(({ actions }) => actions.some((action) => REFUSING.has(nameOf(action))))
}

function nameOf(action: unknown): string {
  if (typeof action === 'object' && action !== null && 'type' in action) return String(action.type)
  return typeof action === 'string' ? action : ''
}

/** The names of the requests whose event is accepted. */
const accepted = <Event extends EventObject>(
  snapshot: AnyMachineSnapshot,
  requests: Readonly<Partial<Record<Request, Event>>>,
): readonly string[] =>
  Object.entries<Event>(requests).flatMap(([name, event]) => (isAccepted(snapshot, event) ? [name] : []))

/** The voice states that may be requested now, by the user or by a supervisor. */
export function userRequests(
  snapshot: AnyMachineSnapshot,
  { config, actingSide }: Pick<UserContext, 'config' | 'actingSide'>,
  supervisor: boolean,
): readonly string[] {
  const [extension = ''] = config.extensions
  return accepted<UserEvent>(snapshot, {
    LOGIN: { type: 'SIGN_IN', side: actingSide, extension, mobileAgent: null, at },
    READY: { type: 'READY', supervisor, at },
    NOT_READY: { type: 'NOT_READY', supervisor, reason: null, at },
    LOGOUT: { type: 'SIGN_OUT', supervisor, reason: null, at },
  })
}

/** The states and modes of a medium that may be requested now. */
export function mediaRequests(
  snapshot: AnyMachineSnapshot,
  { actingSide, settings }: Pick<MediaContext, 'actingSide' | 'settings'>,
): readonly string[] {
  const signIn = { side: actingSide, actingSide, knownOn: [], signIn: UNKNOWN_SETTINGS, settings }
  return accepted<MediaEvent>(snapshot, {
    LOGIN: { type: 'SIGN_IN', ...signIn, at },
    READY: { type: 'READY', at },
    NOT_READY: { type: 'NOT_READY', reason: null, at },
    LOGOUT: { type: 'SIGN_OUT', reason: null, at },
    ACTIVE: { type: 'ACTIVATE', at },
    ROUTABLE: { type: 'ROUTABLE', at },
    NOT_ROUTABLE: { type: 'NOT_ROUTABLE', at },
  })
}

/** The actions on a dialog that its medium and the dialog itself accept now. */
export function taskRequests(
  medium: AnyMachineSnapshot,
  snapshot: AnyMachineSnapshot,
  dialog: string,
): readonly string[] {
  const target = { target: '', targetKnown: true }
  const passesMedium = { type: 'DIALOG_ACTION', dialog, action: 'CLOSE', ...target, at } satisfies MediaEvent
  if (!isAccepted(medium, passesMedium)) return []
  return accepted<TaskEvent>(snapshot, {
    ACCEPT: { type: 'ACCEPT', at },
    START: { type: 'START', at },
    PAUSE: { type: 'PAUSE', at },
    RESUME: { type: 'RESUME', at },
    WRAP_UP: { type: 'WRAP_UP', at },
    CLOSE: { type: 'CLOSE', at },
    TRANSFER: { type: 'TRANSFER', ...target, at },
  })
}
