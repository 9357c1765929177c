/** The warning that few files may be open, before it is felt. */
import { expect, it } from 'vitest'
import { roomWarning } from '../../src/cli/warnings.ts'
import { ConnectionGuard, type ConnectionLimits } from '../../src/sockets/index.ts'

const warning = (asked: ConnectionLimits, files: number) => roomWarning(asked, new ConnectionGuard(asked, files).limits)

it('names the room that is left when not all users can connect at once', () => {
  expect(warning({ users: 12_000 }, 1024)).toBe(
    'the limit of open files (ulimit -n) leaves room for 824 connections, 659 of them without a session',
  )
})

it.each([
  [{ users: 300 }, 1024],
  [{ users: 12_000 }, 20_000],
  [{ users: 12_000, withoutSession: 50 }, 1024],
])('%j with %i open files: no warning', (asked, files) => {
  expect(warning(asked, files)).toBeUndefined()
})

it.each([-1, 1.5, Number.NaN])('%d users are refused', (users) => {
  expect(() => new ConnectionGuard({ users }, 1024)).toThrow('users is a whole number from 0')
})
