/** The sequences of `notifications 15`, for any notification service, in vitest or against a server that is named. */
import { announcementSequences } from './announcements.ts'
import { callSequences } from './calls.ts'
import { contentSequences } from './content.ts'
import { moveSequences } from './move.ts'
import { outageSequences } from './outages.ts'
import { presenceSequences } from './presence.ts'
import { rawSequences } from './raw.ts'
import type { Ability, Deployment, DeploymentOptions } from './service.ts'
import { signInSequences } from './sign-in.ts'

/** Defines the tests of sequences, and starts their deployments. */
export interface Stage {
  /** Starts a deployment that is closed after the test. */
  start(options?: DeploymentOptions): Promise<Deployment>
  /**
   * Defines a test. Its title begins with the number of the sequence. `ability`: it needs a notification service that
   * has it.
   */
  holds(title: string, test: () => Promise<void>, ability?: Ability): void
}

/** Defines the tests of all sequences. */
export function sequences(stage: Stage): void {
  signInSequences(stage)
  callSequences(stage)
  presenceSequences(stage)
  outageSequences(stage)
  moveSequences(stage)
  contentSequences(stage)
  rawSequences(stage)
  announcementSequences(stage)
}
