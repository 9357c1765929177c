/** Who gets what in the queues of tasks and of calls, and changes of that while the engine runs. */
import type { MediaPolicy, OverflowStage, VoicePolicy } from '../../directory/model.ts'
import type { Origin } from '../ports.ts'

/** The settings of a queue, as the directory has them (`src/directory/README.md`, Queues). */
export interface QueueSettings {
  readonly policy: MediaPolicy | VoicePolicy
  /** By script selector, or by dialled number: 1 (first) to 10. */
  readonly priorities: Readonly<Record<string, number>>
  /** By user: 1 to 10 (the best). */
  readonly skills: Readonly<Record<string, number>>
  readonly overflow: readonly OverflowStage[]
}

export type QueueSetting = keyof QueueSettings

/** A queue of the directory, with the settings that are in force. */
export interface QueueSettingsValue extends QueueSettings {
  /** Id of the MRD, or of the queue of calls. */
  readonly id: string
  readonly name: string
  readonly contacts: 'tasks' | 'calls'
  /** The settings that were changed, and are not those of the directory. */
  readonly changed: readonly QueueSetting[]
}

/** New settings. A setting that is absent stays, and `null` is the one of the directory again. */
export type QueueChange = { readonly [Setting in QueueSetting]?: QueueSettings[Setting] | null | undefined }

/**
 * The queues of the built-in ACD. A change is in force when its promise resolves, and lasts: through restarts, and
 * through reloads of the directory, until the setting is given back or the directory leaves the queue out. Skills and
 * stages of users who have left the queue have no effect.
 */
export interface Queues {
  all(): readonly QueueSettingsValue[]
  get(id: string): QueueSettingsValue | undefined
  /** Rejects with `UNKNOWN_QUEUE`, or with `INVALID_QUEUE_SETTING` as a directory with this setting would be refused. */
  change(id: string, change: QueueChange, origin?: Origin): Promise<QueueSettingsValue>
}
