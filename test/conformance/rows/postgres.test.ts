/**
 * Some of the row tests with a store in PostgreSQL, which answers later. `npm run test:postgres` runs all of them so.
 *
 * Slow, 10 s: it starts a PostgreSQL server, and every test has a server and tables of its own.
 * More in `npm run test:whole`.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { clusterOfFile, describeWithPostgres } from '../../store/postgres.ts'
import { some } from '../../suite/extent.ts'
import { keepIn } from '../site-store.ts'
import { collected } from './registry.ts'
import { SECTIONS } from './sections.ts'
import { SITES } from './site-stage.ts'
import { playIn } from './stage.ts'

const definitions = collected(() => {
  for (const [, define] of SECTIONS) define()
})

describeWithPostgres('the rows on PostgreSQL', () => {
  const cluster = clusterOfFile(0)
  let before: string | undefined
  beforeAll(() => {
    playIn(SITES)
    before = keepIn(cluster().url())
  })
  afterAll(() => void keepIn(before))

  for (const { rows, title, test } of some(definitions, 90))
    it(`${rows.join(', ')}: ${title}`, async () => {
      expect.hasAssertions()
      await test()
    })
})
