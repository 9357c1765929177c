/**
 * The test of the checks: planted bugs are found, each by a check that is about it.
 *
 * Slow, 10 s: a simulation of a day for every third planted bug, in `npm run test:whole` for each of them.
 */
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { some } from '../suite/extent.ts'
import { closeSockets } from './dead-sockets.ts'
import { generate } from './generate.ts'
import { MUTATIONS } from './mutations.ts'
import { play } from './play.ts'
import { twice } from './twice.ts'

/** The number of seeds in which a bug must be found. */
const SEEDS = 40

let undo: () => void = () => undefined
afterEach(() => undo())
afterAll(closeSockets)

describe('a planted bug is found', () => {
  it.each(some(MUTATIONS, 3))(
    '$name',
    async ({ plant, noticedBy, name, seed: known }) => {
      const planted = plant()
      undo = planted.undo
      const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1)
      for (const seed of known === undefined ? seeds : [known, ...seeds]) {
        // Only randomness in the product needs a second run to be seen.
        const once = noticedBy.includes('same-twice') ? twice : play
        const { findings } = await once(generate(seed), planted.sabotage)
        const [first] = findings
        if (!first) continue
        process.stdout.write(`simulation: seed ${seed} notices "${name}": ${first.invariant}\n`)
        expect(noticedBy, first.what).toContain(first.invariant)
        return
      }
      expect.fail(`${SEEDS} seeds did not notice it`)
    },
    600_000,
  )
})
