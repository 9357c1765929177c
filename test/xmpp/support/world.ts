import type { Accounts } from '../../../src/accounts/api.ts'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { Directory } from '../../../src/directory/model.ts'
import type { EngineAdapters, PresenceInput } from '../../../src/engine/api.ts'
import type { Publisher, RecordStore } from '../../../src/engine/ports.ts'
import type { Notification } from '../../../src/engine/values.ts'
import { memoryStore } from '../../../src/store/index.ts'
import {
  type NotificationEngine,
  type NotificationServiceOptions,
  notificationService,
  type RunningNotificationService,
} from '../../../src/xmpp/index.ts'
import { PATIENCE } from '../../suite/patience.ts'

export const directory: Directory = (await loadDirectory()).directory

/** Every password is `secret`. Users sign in with id or login name. */
export const accounts: Accounts = {
  verify: async (name, password) => {
    if (password !== 'secret') return undefined
    const wanted = name.toLowerCase()
    if (wanted === 'admin') return { id: 'admin', kind: 'administrator' }
    const user = directory.users.find((known) => [known.id, known.loginName].includes(wanted))
    return user === undefined ? undefined : { id: user.id, kind: 'user' }
  },
}

/** The part of the engine that the gateway uses. Logs the calls. */
export class FakeEngine implements NotificationEngine {
  readonly log: string[] = []
  readonly presences: PresenceInput[] = []
  readonly adapters: EngineAdapters
  publisher: Publisher | undefined
  directory = directory
  #waiting: { condition: () => boolean; resolve: () => void }[] = []

  constructor(records: RecordStore = memoryStore().records) {
    this.adapters = {
      sides: ['A', 'B'],
      records,
      once: async ({ origin }, { first }) => first(origin),
      presence: async (presence) => {
        this.presences.push(presence)
        this.#note(`${presence.available ? 'available' : 'unavailable'} ${presence.session}`)
      },
      notificationService: async (side, up) => this.#note(`service ${side} ${up ? 'up' : 'down'}`),
      sessionsLost: async (side, returns) => this.#note(`sessions of ${side} lost${returns ? '' : ' for good'}`),
      attach: (side, publisher) => {
        this.publisher = publisher
        this.#note(`attach ${side}`)
      },
      detach: (side) => {
        this.publisher = undefined
        this.#note(`detach ${side}`)
      },
    }
  }

  readonly get = { directory: () => this.directory, faults: () => [], queue: () => undefined }

  on(): () => void {
    return () => undefined
  }

  delivered(): Promise<void> {
    return Promise.resolve()
  }

  /** Waits until the log, from `from` on, contains the entry. */
  async logged(entry: string, from = 0): Promise<void> {
    if (this.log.slice(from).includes(entry)) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited for ${entry}, got: ${this.log.join(', ')}`)), PATIENCE)
      const condition = () => this.log.slice(from).includes(entry)
      this.#waiting.push({
        condition,
        resolve: () => {
          clearTimeout(timer)
          resolve()
        },
      })
    })
  }

  #note(entry: string): void {
    this.log.push(entry)
    const due = this.#waiting.filter((waiting) => waiting.condition())
    this.#waiting = this.#waiting.filter((waiting) => !due.includes(waiting))
    for (const waiting of due) waiting.resolve()
  }
}

/** A notification on this node whose document is `document`. */
export function notification(node: string, document = '<Update/>'): Notification {
  return {
    node,
    event: 'PUT',
    source: document,
    shape: 'item',
    requestId: '',
    value: {
      kind: 'systemInfo',
      side: 'A',
      status: 'IN_SERVICE',
      statusReason: '',
      platform: 'CCE',
      currentTime: 0,
      lastCtiHeartbeatStatus: 'success',
      lastCtiHeartbeatTime: 0,
    },
  }
}

let items = 0

/** Publishes through the attached publisher. Resolves with its answer when the notification is written. */
export async function publish(engine: FakeEngine, node: string, document?: string) {
  if (engine.publisher === undefined) throw new Error('no publisher')
  items += 1
  return engine.publisher.publish({ itemId: `item-${items}`, lane: node, notification: notification(node, document) })
}

/** A running service with its engine. */
export interface World {
  readonly engine: FakeEngine
  readonly service: RunningNotificationService
  readonly port: number
}

export async function world(
  options: Partial<NotificationServiceOptions> = {},
  engine = new FakeEngine(),
): Promise<World> {
  const service = await notificationService(engine, {
    accounts,
    port: 0,
    render: (published) => published.source,
    ...options,
  })
  return { engine, service, port: service.ports.xmpp ?? 0 }
}
