/** The typed notification of what was told: the same as `engine.on('notification')` of the authority gives. */
import type { FailureValue, Notification, PublishedValue, UserValue } from '../engine/values.ts'
import { failureFor } from './events/api-error.ts'
import type { Told, Update } from './events/update.ts'
import { withSummary } from './events/user.ts'

type Place = Pick<Update, 'node' | 'event' | 'source' | 'requestId'>

/** `known`: the user as it is known, which a summary or a deletion does not contain. */
export function notificationOf(told: Told, place: Place, known: UserValue | undefined): Notification | undefined {
  const value = publishedBy(told, known)
  if (!value) return undefined
  const { node, event, source, requestId } = place
  return { node, event, source, shape: shapeOf(told), requestId, value }
}

function shapeOf(told: Told): Notification['shape'] {
  if (told.kind === 'summary') return 'summary'
  if (told.kind === 'queues') return 'collection'
  return told.kind === 'dialog' && told.change !== 'changed' ? 'collection' : 'item'
}

function publishedBy(told: Told, known: UserValue | undefined): PublishedValue | undefined {
  switch (told.kind) {
    case 'summary':
      return known && withSummary(known, told.value)
    case 'userDeleted':
      return known
    case 'error':
      return failureOf(told)
    case 'other':
      return undefined
    default:
      return told.value
  }
}

function failureOf({ about, error }: Extract<Told, { kind: 'error' }>): FailureValue {
  const failure = failureFor(error, about === 'task' ? 'media' : about)
  return {
    kind: 'failure',
    failure,
    ...(error.mrd === '' ? {} : { mrd: error.mrd }),
    ...(error.detail === '' ? {} : { detail: error.detail }),
  }
}

/** Where Finesse publishes this (`notifications 8`). For what was found by a read. */
export function placeOf(told: Told): Place {
  const at = (node: string, event: Place['event'], source: string): Place => ({
    node: `/finesse/api/${node}`,
    event,
    source: `/finesse/api/${source}`,
    requestId: '',
  })
  switch (told.kind) {
    case 'media':
      return at(`User/${told.value.user}/Media`, 'PUT', `User/${told.value.user}/Media/${told.value.id}`)
    case 'dialog': {
      const { user, value, change } = told
      const node = value.kind === 'task' ? `User/${user}/Dialogs/Media` : `User/${user}/Dialogs`
      const collection = value.kind === 'task' ? `User/${user}/Media/${value.mrd}/Dialogs` : node
      if (change === 'changed') return at(node, 'PUT', `Dialog/${value.id}`)
      return at(node, change === 'added' ? 'POST' : 'DELETE', collection)
    }
    case 'user':
      return at(`User/${told.value.id}`, 'PUT', `User/${told.value.id}`)
    default:
      return at('SystemInfo', 'PUT', 'SystemInfo')
  }
}
