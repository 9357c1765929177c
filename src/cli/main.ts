#!/usr/bin/env node
/** Entry of the command line. Older versions of Node are told off before they meet anything that they lack. */
const NEEDED = 24
const [major] = process.versions.node.split('.')
if (Number(major) >= NEEDED) {
  const { runProgram } = await import('./program.ts')
  await runProgram(process.argv)
} else {
  process.stderr.write(`mrdian: Node ${NEEDED} or newer is needed, this is ${process.versions.node}\n`)
  process.exitCode = 1
}

export {}
