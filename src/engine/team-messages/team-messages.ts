/** The team messages of an engine (`dialog 9`): records of the store, and announcements to the teams. */

import type { Side } from '../../../machines/wire.ts'
import { Turns } from '../../waiting/turns.ts'
import { EngineUnavailable } from '../api.ts'
import { textOf } from '../contained.ts'
import type { Announcements } from '../delivery/announcements.ts'
import type { RecordStore } from '../ports.ts'
import type { Notification, TeamMessageValue } from '../values.ts'
import { MESSAGE_LIMITS, type NewTeamMessage, type TeamMessages } from './api.ts'
import { MessageCatchUp } from './catch-up.ts'
import { fromRecord, toRecord } from './stored.ts'

const COLLECTION = 'team-messages'
const ONE_AT_A_TIME = { running: 1, waiting: MESSAGE_LIMITS.active }

export interface TeamMessageParts {
  readonly records: RecordStore
  now(): number
  readonly announcements: Pick<Announcements, 'announce' | 'tellSide'>
  /** Sides on which not everybody may get an announcement that is made now. */
  unsettled(): readonly Side[]
}

const endOf = ({ createdAt, durationSeconds }: TeamMessageValue): number => createdAt + durationSeconds * 1000

export class StoredTeamMessages implements TeamMessages {
  readonly #parts: TeamMessageParts
  readonly #catchUp: MessageCatchUp
  /** Changes come one after the other: the list, by which they are limited, shows a change when it is kept. */
  readonly #turns = new Turns(ONE_AT_A_TIME, () => new EngineUnavailable('too many changes wait', 'FULL'))

  constructor(parts: TeamMessageParts) {
    this.#parts = parts
    this.#catchUp = new MessageCatchUp((side, event, message) => this.#say(side, event, message))
  }

  create(message: NewTeamMessage): Promise<TeamMessageValue | undefined> {
    return this.#turns.run(() => this.#create(message))
  }

  async #create({ requestId = '', ...given }: NewTeamMessage): Promise<TeamMessageValue | undefined> {
    const active = this.#active()
    const own = active.filter(({ createdBy }) => createdBy.id === given.createdBy.id)
    if (active.length >= MESSAGE_LIMITS.active || own.length >= MESSAGE_LIMITS.ofCreator) return undefined
    const createdAt = Math.floor(this.#parts.now() / 1000) * 1000
    const message: TeamMessageValue = { kind: 'teamMessage', ...given, createdAt }
    await this.#change(async (records) => {
      const kept = new Set(active.map(({ id }) => id))
      for (const { key } of records.list(COLLECTION)) if (!kept.has(key)) await records.delete(COLLECTION, key)
      await records.put(COLLECTION, message.id, toRecord(message))
    })
    this.#announce('POST', message, requestId)
    return message
  }

  get(id: string): TeamMessageValue | undefined {
    return this.#active().find((message) => message.id === id)
  }

  ofTeam(team: string): readonly TeamMessageValue[] {
    return this.#active().filter(({ teams }) => teams.includes(team))
  }

  createdBy(id: string): readonly TeamMessageValue[] {
    return this.#active().filter(({ createdBy }) => createdBy.id === id)
  }

  delete(id: string, requestId = ''): Promise<boolean> {
    return this.#turns.run(() => this.#delete(id, requestId))
  }

  async #delete(id: string, requestId: string): Promise<boolean> {
    const message = this.get(id)
    if (!message) return false
    await this.#change((records) => records.delete(COLLECTION, id))
    this.#catchUp.deleted(message, this.#parts.unsettled())
    this.#announce('DELETE', message, requestId)
    return true
  }

  /** Tells the clients of a side, who may have missed something, of all messages. Never rejects. */
  async repeat(side: Side): Promise<void> {
    let active: readonly TeamMessageValue[]
    try {
      active = this.#active()
    } catch {
      // The store is lost or closed. The engine uses the same store and reports it, and is told anew after a start.
      return
    }
    await this.#catchUp.tell(side, active, (message) => this.#isOver(message))
  }

  /** The messages that are not over, oldest first. */
  #active(): readonly TeamMessageValue[] {
    const { records } = this.#parts
    return records
      .list(COLLECTION)
      .flatMap(({ key, value }) => fromRecord(key, value) ?? [])
      .filter((message) => !this.#isOver(message))
      .sort((a, b) => a.createdAt - b.createdAt)
  }

  #isOver(message: TeamMessageValue): boolean {
    return endOf(message) <= this.#parts.now()
  }

  async #change(change: (records: RecordStore) => void | Promise<void>): Promise<void> {
    try {
      await change(this.#parts.records)
    } catch (error) {
      throw new EngineUnavailable(`the store does not take the change: ${textOf(error)}`)
    }
  }

  /** `notifications 8.13`. */
  #announce(event: 'POST' | 'DELETE', value: TeamMessageValue, requestId: string): void {
    for (const notification of notificationsOf(event, value, requestId))
      this.#parts.announcements.announce(notification)
  }

  async #say(side: Side, event: 'POST' | 'DELETE', value: TeamMessageValue): Promise<boolean> {
    const { announcements } = this.#parts
    const said = notificationsOf(event, value, '').map((notification) => announcements.tellSide(side, notification))
    return !(await Promise.all(said)).includes(false)
  }
}

/** One for each team. */
function notificationsOf(
  event: 'POST' | 'DELETE',
  value: TeamMessageValue,
  requestId: string,
): readonly Notification[] {
  return value.teams.map((team) => {
    const node = `/finesse/api/Team/${team}/TeamMessages`
    return { node, event, source: node, shape: 'collection', requestId, value }
  })
}
