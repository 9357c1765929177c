/**
 * The order of the test files: the slowest first, so that no core waits for one slow file at the end. The durations are
 * read from the files, because a fresh clone has none of earlier runs.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { slowOf } from './header.ts'

/** Sorts by duration, the slowest first. Files that share a process come after all others. */
export function inOrder<T>(files: readonly T[], about: (file: T) => { path: string; shares: boolean }): T[] {
  const known = files.map((file) => {
    const { path, shares } = about(file)
    return { file, path, shares, seconds: slowOf(path)?.seconds ?? 0 }
  })
  known.sort((a, b) => {
    if (a.shares !== b.shares) return a.shares ? 1 : -1
    return b.seconds - a.seconds || (a.path < b.path ? -1 : 1)
  })
  return known.map(({ file }) => file)
}

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return inOrder(files, ({ moduleId, project }) => ({ path: moduleId, shares: !project.config.isolate }))
  }
}
