/** Passes the results of the loop on: outbox rows to the delivery, events to listeners, and lines to the log. */
import type { Side } from '../../../machines/wire.ts'
import type { PastCalls } from '../acd/past-calls.ts'
import type { KnownCommands } from '../answers/known-commands.ts'
import type { Transfers } from '../answers/transfers.ts'
import type { LoopHooks } from '../commit/hooks.ts'
import type { OutboxOf, Released } from '../commit/tick.ts'
import type { DrainWatch } from '../drain/watch.ts'
import type { EngineEvents } from '../events.ts'
import { asJson } from '../json.ts'
import type { EngineLog } from '../log.ts'
import type { Attendance } from '../presence/attendance.ts'
import type { StatisticsFeed } from '../statistics/feed.ts'
import type { Delivery } from './delivery.ts'
import { itemIdOf, laneOf } from './lanes.ts'
import type { Listeners } from './listeners.ts'
import type { Openings } from './openings.ts'

export interface HookParts {
  readonly storeId: string
  readonly sides: readonly Side[]
  readonly log: EngineLog
  readonly listeners: Listeners<EngineEvents>
  readonly delivery: Delivery
  readonly attendance: Attendance
  readonly transfers: Transfers
  readonly drain: DrainWatch
  readonly pastCalls: PastCalls
  /** Absent if commands that are sent again are done again. */
  readonly known: Pick<KnownCommands, 'look'> | undefined
  readonly statistics: Pick<StatisticsFeed, 'look'>
  readonly openings: Pick<Openings, 'look'>
  /** Is the whole side lost? Then it has no sessions, and its notifications are dropped. */
  isLost(side: Side): boolean
  storeProblem(): string | undefined
}

export function loopHooks(parts: HookParts): LoopHooks {
  const { log, listeners, delivery, attendance, drain, pastCalls, statistics, openings } = parts
  return {
    outboxOf: outboxOf(parts),
    released: (released) => {
      parts.transfers.look(released)
      release(parts, released)
    },
    committed: (tick) => {
      const aggregates = [...tick.touched].map(({ id }) => id)
      parts.known?.look(tick.journal)
      pastCalls.look(tick.touched)
      attendance.committed(aggregates)
      drain.look()
      openings.look()
      statistics.look()
      if (aggregates.length > 0) listeners.emit('committed', { aggregates })
    },
    failedInput: ({ aggregate, sequence, position, error, request }) => {
      const asked = request === undefined ? {} : { request }
      log.error({ aggregate, sequence, position, ...asked, err: error.message }, 'input failed, state is as before')
      listeners.emit('failedInput', { aggregate, sequence, position, error: error.message })
    },
    storeFailed: (error) => {
      log.error({ err: error.message }, 'the store does not take changes; they are refused until it does')
      listeners.emit('store', { problem: parts.storeProblem() ?? error.message })
    },
    storeWorks: () => {
      log.warn({}, 'the store takes changes again')
      listeners.emit('store', { problem: undefined })
      delivery.pump()
    },
  }
}

function outboxOf({ sides, attendance, isLost }: HookParts): OutboxOf {
  const concerns = (side: Side, aggregate: string, only: Side | undefined) =>
    attendance.keepsFor(side) &&
    !isLost(side) &&
    (only ?? side) === side &&
    (!aggregate.startsWith('side/') || aggregate === `side/${side}`)
  return (aggregate, output) => {
    if (output.type === 'publish') {
      const { notification, elsewhere, only } = output
      const concerned = sides.filter((side) => concerns(side, aggregate, only))
      if (concerned.length === 0) return []
      const payload = asJson(notification)
      return concerned.map((side) => {
        const value = elsewhere?.[side]
        const own = value ? asJson({ ...notification, value }) : payload
        return { lane: laneOf(side, aggregate), kind: 'notification', payload: own } as const
      })
    }
    if (output.type === 'acd') return [{ lane: laneOf('acd', aggregate), kind: 'acd', payload: asJson(output.request) }]
    return []
  }
}

function release({ storeId, log, listeners, delivery }: HookParts, released: readonly Released[]): void {
  for (const { aggregate, position, output, rows } of released) {
    if (output.type === 'publish') {
      const number = rows[0]?.number
      const itemId = number === undefined ? '' : itemIdOf(storeId, number)
      listeners.emit('notification', { ...output.notification, itemId, position })
    } else if (output.type === 'flagged') {
      const { what, from, to } = output
      log.warn({ aggregate, what, from, to }, 'a step that the tables of the contract do not have')
      listeners.emit('flagged', { aggregate, what, from, to })
    }
    delivery.add(rows)
  }
}
