/** The program that a run of the tests puts together: whoever starts it starts what the sources are. */
import { expect, it } from 'vitest'
import { run, start } from '../cli/process.ts'
import { PROGRAM, SOURCE } from '../suite/started.ts'

it.each([[['--help']], [['simulate', '--list']]])('says the same as the sources: %j', async (args) => {
  expect(PROGRAM).not.toBe(SOURCE)
  const [together, source] = await Promise.all([run(args), start(args, {}, SOURCE).ended])
  expect(source).toMatchObject({ code: 0, err: '' })
  expect(together).toEqual(source)
})
