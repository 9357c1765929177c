/** The limits of the embedded service leave room for all users. */
import { expect, it } from 'vitest'
import { defaultLimits, limitsFor } from '../../src/xmpp/service/limits.ts'

it.each([
  [0, {}, 5000],
  [2500, {}, 5000],
  [12_000, {}, 24_000],
  [12_000, { connections: 7 }, 7],
])('%i users with %j: connections', (users, given, connections) => {
  expect(limitsFor(users, given)).toEqual({ ...defaultLimits, connections })
})
