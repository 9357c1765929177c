/** Notifications that a test can wait for. */
import type { Engine, NotificationEvent } from '../engine/api.ts'

export interface Notifications {
  /** Everything seen so far, oldest first. */
  readonly all: readonly NotificationEvent[]
  /** The first notification, seen or to come, behind the last one that `next` gave, for which `matches` holds. */
  next(matches: (event: NotificationEvent) => boolean): Promise<NotificationEvent>
  stop(): void
}

interface Waiter {
  readonly matches: (event: NotificationEvent) => boolean
  readonly resolve: (event: NotificationEvent) => void
}

/** Listens to an engine from now on. */
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
