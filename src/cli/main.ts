#!/usr/bin/env node
/** Entry of the command line. Older versions of Node are told off before they meet anything that they lack. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { nodeProblem } from '../node-problem.ts'

const problem = nodeProblem()
if (problem === undefined) {
  const { enableCompileCache } = await import('node:module')
  // Halves the start. Node's own default is a folder that everybody on the machine may write to.
  enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mrdian'))
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv)
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
