#!/usr/bin/env node
/** Entry of the command line. It refuses an old version of Node before it loads code that this version cannot run. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { nodeProblem } from '../node-problem.ts'

const problem = nodeProblem()
if (problem === undefined) {
  const { enableCompileCache } = await import('node:module')
  // This halves the time of a start. Node's default folder is unsafe: everybody on the machine may write to it.
  enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mrdian'))
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv)
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
