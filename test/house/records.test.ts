/** Each collection of records is in the list of what is personal data and what an erasure does with it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../src', import.meta.url))

const SOURCES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(ROOT, name), 'utf8'))

/** `const COLLECTION = 'follow'`, ``collection: `xmpp-subscriptions-${…}` ``; the part that is the same for all. */
const COLLECTION = /(?:\b[A-Z_]*COLLECTION|\bcollection|\bWATERMARKS)(?: =|:) ['`]([a-z-]+)/g

it('the personal data of each collection of records are listed', () => {
  const collections = new Set(
    SOURCES.flatMap((text) => [...text.matchAll(COLLECTION)].map(([, name = '']) => name.replace(/-$/, ''))),
  )
  expect([...collections].sort()).toContain('follow')
  expect(collections.size).toBeGreaterThan(5)
  const list = readFileSync(join(ROOT, 'engine/erasure/README.md'), 'utf8')
  expect([...collections].filter((name) => !list.includes(`records \`${name}`))).toEqual([])
})

it('no other code writes records', () => {
  const writers = SOURCES.filter((text) => /\brecords\.put\(/.test(text))
  expect(writers.filter((text) => !/COLLECTION|#collection|implements Store/.test(text))).toEqual([])
})
