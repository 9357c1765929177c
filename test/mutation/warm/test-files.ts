/** Runs files of tests in the warm process, with vitest's own runner but without its bundler and workers. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startTests, type Task, type VitestRunner } from '@vitest/runner'
import type { Failed } from './messages.ts'

const TEST_MAX_MS = 60_000

/** The names of `describe` and test together, as vitest reports them. */
function fullName(task: Task): string {
  const outer = task.suite && 'filepath' in task.suite ? undefined : task.suite
  return outer ? `${fullName(outer)} ${task.name}` : task.name
}

export interface Choice {
  /** Full names of tests that are left out. */
  readonly skip: readonly string[]
  /** Row ids. Only tests that name one of them run. If it is empty, all tests run. */
  readonly rows: readonly string[]
  /** Continue after a test that fails. */
  readonly all: boolean
}

const namesOne = (rows: readonly string[], name: string) => rows.some((row) => new RegExp(`\\b${row}\\b`).test(name))

/** The tests of a file that fail: all of them, or only the first. */
export async function failuresIn(root: string, path: string, { skip, rows, all }: Choice): Promise<readonly Failed[]> {
  const failed: Failed[] = []
  const { search } = new URL(import.meta.url)
  const runner: VitestRunner = {
    config: {
      root,
      setupFiles: [],
      name: undefined,
      passWithNoTests: true,
      testNamePattern: undefined,
      allowOnly: true,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: TEST_MAX_MS,
      hookTimeout: TEST_MAX_MS,
      retry: 0,
      includeTaskLocation: undefined,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (file) => import(`${pathToFileURL(file).href}${search}`),
    onBeforeRunTask(test) {
      const chosen = rows.length === 0 || namesOne(rows, test.name)
      if (!chosen || (failed.length > 0 && !all) || skip.includes(fullName(test))) test.mode = 'skip'
    },
    onAfterRunTask(test) {
      if (test.result?.state !== 'fail') return
      failed.push({ check: fullName(test), detail: test.result.errors?.[0]?.message ?? '' })
    },
  }
  const [file] = await startTests([join(root, path)], runner)
  // A file that cannot be loaded, or whose hooks fail, has no failing test of its own.
  if (failed.length === 0 && file?.result?.state === 'fail' && !skip.includes(path))
    failed.push({ check: path, detail: file.result.errors?.[0]?.message ?? '' })
  return failed
}
