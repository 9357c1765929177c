/** The notifications of an engine, for tests. */
import type { Engine } from '../engine/api.ts'
import type { NotificationEvent } from '../engine/events.ts'

export interface Notifications {
  /** Everything seen so far, oldest first. */
  readonly all: readonly NotificationEvent[]
  /** Resolves with the first matching notification, seen or future, after the one that `next` last returned. */
  next(matches: (event: NotificationEvent) => boolean): Promise<NotificationEvent>
  stop(): void
}

interface Waiter {
  readonly matches: (event: NotificationEvent) => boolean
  readonly resolve: (event: NotificationEvent) => void
}

/** Collects the notifications of an engine from now on, until `stop`. */
export function notificationsOf(engine: Pick<Engine, 'on'>): Notifications {
  const all: NotificationEvent[] = []
  let given = 0
  const waiters: Waiter[] = []

  const serve = () => {
    for (let waiter = waiters[0]; waiter; waiter = waiters[0]) {
      const index = all.findIndex((event, at) => at >= given && waiter.matches(event))
      const event = all[index]
      if (!event) return
      given = index + 1
      waiters.shift()
      waiter.resolve(event)
    }
  }
  const stop = engine.on('notification', (event) => {
    all.push(event)
    serve()
  })
  return {
    all,
    next: (matches) =>
      new Promise((resolve) => {
        waiters.push({ matches, resolve })
        serve()
      }),
    stop,
  }
}
