/** The sequences as tests of vitest, against one notification service. More of it in `npm run test:whole`. */
import { afterEach, describe, it } from 'vitest'
import { isWhole } from '../../suite/extent.ts'
import { sequences } from './sequences.ts'
import type { Deployment, ServiceUnderTest } from './service.ts'

/**
 * Registers the tests of all sequences that the service can run. With `every: { nth, first }` `npm test` plays only every
 * `nth` one from number `first` on.
 */
export function sequencesInVitest(service: ServiceUnderTest, every = { nth: 1, first: 0 }): void {
  describe(`sequences of notifications 15 against ${service.name}`, () => {
    const running: Deployment[] = []
    afterEach(async () => {
      for (const each of running.splice(0)) await each.close()
    })
    let number = 0
    sequences({
      async start(options) {
        const started = await service.start(options)
        running.push(started)
        return started
      },
      holds: (title, test, ability) => {
        const isPlayed = isWhole || number % every.nth === every.first
        number += 1
        it.runIf(isPlayed && (ability === undefined || service.abilities.has(ability)))(title, test)
      },
    })
  })
}
