/** Notifications in the words of the model. */
import type { Notification } from '../../src/engine/values.ts'

const SIGNS = { POST: '+', PUT: '~', DELETE: '-' } as const

/** What a failure is about, from its source. */
function subject(source: string): string {
  const parts = source.split('/')
  const last = parts.at(-1) ?? ''
  if (source.includes('/Dialog/')) return `${last.includes('_') ? 'task' : 'call'} ${last}`
  return source.includes('/Media/') ? `media ${last}` : 'user'
}

/** The line of a notification. `undefined` for the team view of a user, which says nothing new. */
export function lineOf({ value, event, source, shape }: Notification): string | undefined {
  switch (value.kind) {
    case 'user': {
      if (shape === 'summary') return undefined
      const pending = value.pendingState === '' ? '' : ` pending ${value.pendingState}`
      return `user ${value.state}${pending}${value.reason ? ` (${value.reason.code})` : ''}`
    }
    case 'media':
      return `media ${value.id} ${value.status?.state} ${value.status?.routable}`
    case 'task': {
      const code = value.dispositionCode === '' ? '' : ` ${value.dispositionCode}`
      return `${SIGNS[event]}task ${value.id} ${value.state}${code}`
    }
    case 'call':
      return `${SIGNS[event]}call ${value.id}`
    case 'failure':
      return `error ${subject(source)} ${value.failure}`
    case 'queue':
    case 'queues':
    case 'teamMessage':
      return `${event} ${source}`
    case 'systemInfo':
      return `system ${value.status}`
  }
}

/** Numbers above this are times, not counts. */
const LEAST_TIME = 1e11

/** The same notification with all its times `by` ms earlier. */
export const earlier = (notification: Notification, by: number): Notification =>
  JSON.parse(JSON.stringify(notification), (_, value: unknown) =>
    typeof value === 'number' && value > LEAST_TIME ? value - by : value,
  )
