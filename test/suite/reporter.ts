/** Names slow test files without a `Slow` line. The measure is the share of the run, so the machine does not matter. */
import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { slowOf } from './header.ts'

/** With fewer files the share of one file has no meaning. */
const WHOLE_RUN = 100
/** A file with a larger share of the time of all files needs a reason. */
const SHARE = 0.015

export interface Taken {
  readonly file: string
  readonly milliseconds: number
}

/** The lines to print after a run. `isExplained`: whether the file says why it is slow. */
export function unexplained(run: readonly Taken[], isExplained: (file: string) => boolean): readonly string[] {
  if (run.length < WHOLE_RUN) return []
  const total = run.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  return run
    .filter(({ file, milliseconds }) => milliseconds > total * SHARE && !isExplained(file))
    .map(({ file, milliseconds }) => {
      const [share, seconds] = [(milliseconds / total) * 100, milliseconds / 1000]
      return `${file} took ${share.toFixed(1)} % of the run (${seconds.toFixed(0)} s). Make it faster, or say why in its first comment: " * Slow, 20 s: why"`
    })
}

const timeOf = (module: TestModule): number => {
  const { collectDuration, duration } = module.diagnostic()
  return collectDuration + duration
}

export class SlowWithoutReason implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const run = modules.map((module) => ({ file: module.moduleId, milliseconds: timeOf(module) }))
    for (const line of unexplained(run, (file) => slowOf(file) !== undefined))
      process.stdout.write(`slow: ${relative(process.cwd(), line)}\n`)
  }
}
