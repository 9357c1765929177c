/** The program that a run of the tests puts together: whoever starts it starts what the sources are. */
import { expect, it } from 'vitest'
import { run, start } from '../cli/process.ts'
import { PROGRAM, SOURCE } from '../suite/started.ts'

it('says the same as the sources', async () => {
  expect(PROGRAM).not.toBe(SOURCE)
  const [together, source] = await Promise.all([run(['--help']), start(['--help'], {}, SOURCE).ended])
  expect(source.out).toContain('Usage: mrdian')
  expect(together).toEqual(source)
})
