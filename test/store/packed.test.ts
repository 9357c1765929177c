import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PHRASES_MAX, packed, unpacked } from '../../src/store/sqlite/packed.ts'
import { PHRASES } from '../../src/store/sqlite/phrases.ts'

/** The pieces of the first release with this list. Data files name a piece by its place, so the places never change. */
const RELEASED = { count: 118, checksum: 2_272_057_000 }

it('packed text is smaller and comes back as it was', () => {
  const input = { kind: 'user', event: { type: 'MEDIA_STATE', mrd: '5001', state: 'READY', reason: null } }
  expect(packed(JSON.stringify(input)).length).toBeLessThan(20)
  for (const phrase of PHRASES) expect(packed(phrase).length).toBeLessThanOrEqual(2)
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...PHRASES))
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.array(text), (value, texts) => {
      for (const each of [JSON.stringify(value), JSON.stringify(texts), texts.map((one) => JSON.stringify(one)).join()])
        expect(unpacked(packed(each))).toBe(each)
    }),
  )
})

it('text that was never packed is read as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = JSON.stringify(value)
      expect(unpacked(text)).toBe(text)
    }),
  )
})

it('the pieces that data files have keep their places, and each is there once', () => {
  expect(crc32(PHRASES.slice(0, RELEASED.count).join('\n'))).toBe(RELEASED.checksum)
  expect(new Set(PHRASES).size).toBe(PHRASES.length)
  expect(PHRASES.length).toBeLessThanOrEqual(PHRASES_MAX)
})
