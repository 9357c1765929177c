/**
 * Files that share a process leave it as it was: what one of them left behind, another would find. Environment, folder,
 * clock, who hears signals and bugs, servers, and programs are looked at after each file.
 */
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { PATIENCE } from './patience.ts'

/** Handles that outlive a file only if somebody forgot them. */
const LASTING = ['ProcessWrap', 'TCPServerWrap', 'PipeServerWrap']

/** Who listens to these decides how the process ends. */
const ENDINGS = ['SIGHUP', 'SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection']

const lasting = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => LASTING.includes(kind))
    .sort()

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
  // A server that was closed is gone a turn later.
  await vi.waitFor(() => expect(lasting()).toEqual(open), PATIENCE)
})
