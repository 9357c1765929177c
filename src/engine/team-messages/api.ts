/** Messages of supervisors and administrators to teams (`dialog 9`). */
import type { TeamMessageValue } from '../values.ts'

/** A message to be sent. */
export interface NewTeamMessage {
  /** A UUID that no other message has. */
  readonly id: string
  readonly createdBy: TeamMessageValue['createdBy']
  /** 1 to `MESSAGE_LIMITS.durationSeconds`. */
  readonly durationSeconds: number
  /** 1 to `MESSAGE_LIMITS.characters` characters. */
  readonly content: string
  readonly teams: readonly string[]
  /** The client's correlation id, which the notifications repeat. */
  readonly requestId?: string | undefined
}

export const MESSAGE_LIMITS = {
  characters: 255,
  /** A week: our choice, so that no message stays for ever. */
  durationSeconds: 604_800,
  /** Active messages in all, and those of one creator. The numbers are our choice. */
  active: 1000,
  ofCreator: 100,
} as const

/**
 * The active messages. They are records of the store, so they survive a restart, and a reset deletes them. A message
 * that is over is not shown any more; its record is deleted when the next message is created. Methods that change
 * something reject with `EngineUnavailable` if the store fails.
 */
export interface TeamMessages {
  /**
   * Stores a message, and publishes it to its teams. Resolves with `undefined` if there are too many active messages. It
   * does not check the content, the teams or the rights of the creator.
   */
  create(message: NewTeamMessage): Promise<TeamMessageValue | undefined>
  get(id: string): TeamMessageValue | undefined
  /** The messages to a team, oldest first. */
  ofTeam(team: string): readonly TeamMessageValue[]
  /** The messages of a user or administrator, oldest first. */
  createdBy(id: string): readonly TeamMessageValue[]
  /** Deletes a message, and publishes that to its teams. Resolves with false if there is none. */
  delete(id: string, requestId?: string): Promise<boolean>
}
