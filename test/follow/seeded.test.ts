/**
 * Slow, 20 s: random work and random disturbances from one seed. At each rest the follower reads the same as its Finesse.
 * `SEED=7 vitest run test/follow/seeded.test.ts` repeats one; `npm run soak` plays more of them.
 * More in `npm run test:whole`.
 */
import { expect, it } from 'vitest'
import { extent } from '../suite/extent.ts'
import { randomRun, SHORT } from './random-run.ts'

const seeds = process.env.SEED === undefined ? extent([1], [1, 2]) : [Number(process.env.SEED)]

it.each(seeds)(
  'after random work and disturbances of seed %i reads are the same (`notifications 12`)',
  async (seed) => {
    const { differences, figures } = await randomRun({ ...SHORT, seed })
    expect(differences).toEqual([])
    expect(figures).toMatchObject({ unreadable: 0, strange: 0 })
    expect(figures.missed).toBeGreaterThan(0)
  },
)
