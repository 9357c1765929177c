/** What desktops read at their sign-in, and how requests are refused, on a server of our own for each test. */
import { describe, expect, it } from 'vitest'
import { defineInVitest, heldRows } from '../rows/in-vitest.ts'
import { collected } from '../rows/registry.ts'
import { DESKTOP_PARTS } from './parts.ts'

defineInVitest()

for (const { title, define } of DESKTOP_PARTS) describe(title, define)

// Has to be the last test, because it checks which ones ran.
it('all tests ran and asserted', () => {
  const all = DESKTOP_PARTS.flatMap(({ define }) => collected(define)).map(({ title }) => title)
  expect(heldRows().map(({ title }) => title)).toEqual(all)
})
