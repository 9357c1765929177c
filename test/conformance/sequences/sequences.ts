/** The sequences of `notifications 15`, for any notification service. */
import { afterEach, describe } from 'vitest'
import { announcementSequences } from './announcements.ts'
import { callSequences } from './calls.ts'
import { contentSequences } from './content.ts'
import { moveSequences } from './move.ts'
import { outageSequences } from './outages.ts'
import { presenceSequences } from './presence.ts'
import type { Ability, Deployment, DeploymentOptions, ServiceUnderTest } from './service.ts'
import { signInSequences } from './sign-in.ts'

/** The context of the tests of one sequence. */
export interface Stage {
  /** Starts a deployment that is closed after the test. */
  start(options?: DeploymentOptions): Promise<Deployment>
  can(ability: Ability): boolean
}

/** Registers the tests of all sequences that the service can run. */
export function sequences(service: ServiceUnderTest): void {
  describe(`sequences of notifications 15 against ${service.name}`, () => {
    const running: Deployment[] = []
    afterEach(async () => {
      for (const each of running.splice(0)) await each.close()
    })
    const stage: Stage = {
      async start(options) {
        const started = await service.start(options)
        running.push(started)
        return started
      },
      can: (ability) => service.abilities.has(ability),
    }
    signInSequences(stage)
    callSequences(stage)
    presenceSequences(stage)
    outageSequences(stage)
    moveSequences(stage)
    contentSequences(stage)
    announcementSequences(stage)
  })
}
