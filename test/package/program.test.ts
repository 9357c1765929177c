/** The bundle that a run of the tests makes has the same output as the sources. */
import { expect, it } from 'vitest'
import { run, start } from '../cli/process.ts'
import { PROGRAM, SOURCE } from '../suite/started.ts'

it.each([[['--help']], [['simulate', '--list']]])('prints the same as the sources: %j', async (args) => {
  expect(PROGRAM).not.toBe(SOURCE)
  const [together, source] = await Promise.all([run(args), start(args, {}, SOURCE).ended])
  expect(source).toMatchObject({ code: 0, err: '' })
  expect(together).toEqual(source)
})
