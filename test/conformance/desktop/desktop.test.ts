/**
 * What desktops read at their sign-in, and how requests are refused.
 *
 * Slow, 20 s: each test has a server of its own.
 */
import { describe, expect, it } from 'vitest'
import { defineInVitest } from '../rows/in-vitest.ts'
import { collected } from '../rows/registry.ts'
import { DESKTOP_PARTS } from './parts.ts'

const passed = defineInVitest()

for (const { title, define } of DESKTOP_PARTS) describe(title, define)

// Has to be the last test, because it checks which ones ran.
it('all tests ran and asserted', () => {
  const all = DESKTOP_PARTS.flatMap(({ define }) => collected(define)).map(({ title }) => title)
  expect(passed.map(({ title }) => title)).toEqual(all)
})
