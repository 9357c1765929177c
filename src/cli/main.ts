#!/usr/bin/env node
/** Entry of the command line. Older versions of Node are told off before they meet anything that they lack. */
import { homedir } from 'node:os'
import { join } from 'node:path'

const NEEDED = 24
const [major] = process.versions.node.split('.')
if (Number(major) >= NEEDED) {
  const { enableCompileCache } = await import('node:module')
  // Halves the start. Node's own default is a folder that everybody on the machine may write to.
  enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mrdian'))
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv)
} else {
  process.stderr.write(`mrdian: Node ${NEEDED} or newer is needed, this is ${process.versions.node}\n`)
  process.exitCode = 1
}
