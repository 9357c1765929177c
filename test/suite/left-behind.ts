/**
 * Test files that share a process must leave it as it was, because the next file would find the changes. Checked after
 * each file: environment, working directory, fake timers, listeners of signals and uncaught errors, servers and child
 * processes.
 */
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { PATIENCE } from './patience.ts'
import { howManyStay } from './stays.ts'

/** Handles that remain after a file only if the file has not closed them. */
const LASTING = ['ProcessWrap', 'TCPServerWrap', 'PipeServerWrap']

/** Events whose listeners decide how the process ends. */
const ENDINGS = ['SIGHUP', 'SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection']

const lasting = () => {
  const open = process.getActiveResourcesInfo().filter((kind) => LASTING.includes(kind))
  for (let each = 0; each < howManyStay(); each += 1) open.splice(open.indexOf('ProcessWrap'), 1)
  return open.sort()
}

const state = () => ({
  environment: { ...process.env },
  folder: process.cwd(),
  fakeTimers: vi.isFakeTimers(),
  listeners: Object.fromEntries(ENDINGS.map((name) => [name, process.listenerCount(name)])),
})

let before: ReturnType<typeof state>
let open: readonly string[]

beforeAll(() => {
  before = state()
  open = lasting()
})

afterAll(async () => {
  vi.unstubAllEnvs()
  expect(state()).toEqual(before)
  // The handle of a closed server disappears one turn of the event loop later.
  await vi.waitFor(() => expect(lasting()).toEqual(open), PATIENCE)
})
