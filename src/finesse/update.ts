/** The `Update` document of a notification (`notifications 7`). */
import type { Platform } from '../directory/model.ts'
import type { FailureValue, Notification, PublishedValue, QueuesValue } from '../engine/values.ts'
import { renderDialog, renderDialogs } from './dialog.ts'
import { renderFailure } from './error-xml.ts'
import { failureFamily } from './errors.ts'
import { renderMedia } from './media.ts'
import { renderQueue, renderQueues } from './queue.ts'
import { renderSystemInfo, type WireContext } from './system-info.ts'
import { renderTeamMessage } from './team-message.ts'
import { renderUser, renderUserSummary } from './user.ts'
import { leaf, parent } from './xml.ts'

const NO_CONTEXT: WireContext = { primaryHost: '', xmppDomain: '', pubsubDomain: '' }

/**
 * The document of a notification: compact, without XML declaration (`notifications 6`, escaping 4 and 5).
 *
 * `context` is needed for SystemInfo, for the queues that a user gets and, on CCX, for failures of users; its `platform` defaults to CCE.
 */
export function renderUpdate(notification: Notification, context: WireContext = NO_CONTEXT): string {
  const { value } = notification
  if (value.kind === 'failure') return failureUpdate(notification, value, context.platform ?? 'CCE')
  return parent(
    'Update',
    hasData(notification) ? parent('data', content(notification, value, context)) : '',
    leaf('event', notification.event),
    leaf('requestId', notification.requestId),
    leaf('source', notification.source),
  )
}

// The notification of a deleted user has no data. One of a dialog that left its collection contains the whole dialog.
function hasData(notification: Notification): boolean {
  return !(notification.value.kind === 'user' && notification.event === 'DELETE')
}

function content(
  notification: Notification,
  value: Exclude<PublishedValue, FailureValue>,
  context: WireContext,
): string {
  switch (value.kind) {
    case 'user':
      return notification.shape === 'summary' ? renderUserSummary(value) : renderUser(value, 'user')
    case 'media':
      return renderMedia(value)
    case 'task':
    case 'call':
      return notification.shape === 'collection' ? renderDialogs([value], 'dialogs') : renderDialog(value, 'dialog')
    case 'queue':
      return renderQueue(value)
    case 'queues':
      return renderQueues(notification.event === 'POST' ? value.queues.map(inFull(context)) : value.queues)
    case 'teamMessage':
      return renderTeamMessage(value)
    case 'systemInfo':
      return renderSystemInfo(value, context, 'systemInfo')
  }
}

/** Queues that a user gets are shown with their statistics (`notifications 8.11`). */
const inFull =
  ({ queue }: WireContext) =>
  (named: QueuesValue['queues'][number]) =>
    queue?.(named.id) ?? named

/**
 * The document of a failure. For users and calls `event` is in lower case, so that clients do not take the failure for
 * a change (ruling 3). Failures of users also have another order of elements (`notifications 7.1`).
 */
function failureUpdate(notification: Notification, value: FailureValue, platform: Platform): string {
  const family = failureFamily(value.failure)
  const data = parent('data', renderFailure(value, platform))
  const event = leaf('event', family === 'media' ? 'PUT' : 'put')
  const requestId = leaf('requestId', notification.requestId)
  const source = leaf('source', notification.source)
  return family === 'user'
    ? parent('Update', data, requestId, source, event)
    : parent('Update', data, event, requestId, source)
}
