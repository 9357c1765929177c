/** The sequences as tests of vitest, against one notification service. */
import { afterEach, describe, it } from 'vitest'
import { sequences } from './sequences.ts'
import type { Deployment, ServiceUnderTest } from './service.ts'

/** Registers the tests of all sequences that the service can run. */
export function sequencesInVitest(service: ServiceUnderTest): void {
  describe(`sequences of notifications 15 against ${service.name}`, () => {
    const running: Deployment[] = []
    afterEach(async () => {
      for (const each of running.splice(0)) await each.close()
    })
    sequences({
      async start(options) {
        const started = await service.start(options)
        running.push(started)
        return started
      },
      holds: (title, test, ability) => it.runIf(ability === undefined || service.abilities.has(ability))(title, test),
    })
  })
}
