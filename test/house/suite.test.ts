/** The suite itself: slow files have a reason and run first; tests use the bundle, mock no module and are patient. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { slowIn, slowOf } from '../suite/header.ts'
import { inOrder } from '../suite/order.ts'
import { PATIENCE } from '../suite/patience.ts'
import { unexplained } from '../suite/reporter.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TEST_FILES = globSync('test/**/*.test.ts', { cwd: ROOT })
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8')

describe('a slow file', () => {
  it('gives its duration and the reason in its first comment', () => {
    expect(slowIn('/**\n * What is tested.\n *\n * Slow, 40 s: a real browser.\n */\n')).toEqual({
      seconds: 40,
      why: 'a real browser.',
    })
    expect(slowIn('/** What is tested. */\n/**\n * Slow, 40 s: too late.\n */')).toBeUndefined()
    expect(slowIn('/**\n * Slow, 40 s:\n */')).toBeUndefined()
  })

  it('has its `Slow` line in the right form', () => {
    const saysSo = TEST_FILES.filter((file) => /^ \* Slow\b/m.test(textOf(file)))
    expect(saysSo.length).toBeGreaterThan(10)
    expect(saysSo.filter((file) => slowIn(textOf(file)) === undefined)).toEqual([])
  })

  it('runs before faster files, and files that share a process run after all others', () => {
    const walk = join(ROOT, 'test/walk/walk.test.ts')
    const board = join(ROOT, 'test/inspect/board/page.test.ts')
    const embed = join(ROOT, 'test/package/embed.test.ts')
    const here = fileURLToPath(import.meta.url)
    const shares = (path: string) => path === walk || path === here
    const order = inOrder([here, walk, embed, board], (path) => ({ path, shares: shares(path) }))
    expect(order.slice(2)).toEqual([walk, here])
    expect((slowOf(order[0] ?? '')?.seconds ?? 0) >= (slowOf(order[1] ?? '')?.seconds ?? 0)).toBe(true)
  })

  it('without a reason is reported after a whole run, by its share of the time and not by its seconds', () => {
    const run = (factor: number) =>
      Array.from({ length: 100 }, (_, index) => ({ file: `${index}`, milliseconds: (index < 2 ? 60 : 1) * factor }))
    const words = [1000, 50_000].map((factor) => unexplained(run(factor), (file) => file === '0'))
    expect(words).toEqual([
      [expect.stringMatching(/^1 took 27\.5 % of the run \(60 s\)/)],
      [expect.stringMatching(/^1 took 27\.5 % of the run \(3000 s\)/)],
    ])
    expect(unexplained(run(1000).slice(0, 50), () => false)).toEqual([])
  })
})

it('tests start the bundle of the run and not the sources', () => {
  const pattern = new RegExp('cli/main' + '\\.ts')
  const naming = globSync('test/**/*.ts', { cwd: ROOT }).filter((file) => pattern.test(textOf(file)))
  expect(naming.sort()).toEqual(['test/suite/program.ts', 'test/suite/started.ts'])
})

it('a test that counts the work of V8 has a process of its own: code that ran before is counted in another way', () => {
  const alone = /const ALONE = \[([^\]]*)\]/.exec(textOf('vitest.config.ts'))?.[1] ?? ''
  const counts = new RegExp('takePrecise' + 'Coverage')
  const counting = TEST_FILES.filter((file) => counts.test(textOf(file)))
  expect(counting.length).toBeGreaterThan(0)
  expect(counting.filter((file) => !alone.includes(`'${file}'`))).toEqual([])
})

it('no test mocks a module, because files that have loaded it before would not get the mock', () => {
  const mocks = new RegExp(['vi\\.(do)?(un)?mock\\(', 'vi\\.resetModules\\('].join('|'), 'i')
  const guilty = globSync('test/**/*.ts', { cwd: ROOT }).filter((file) => mocks.test(textOf(file)))
  expect(guilty).toEqual([])
})

it('no test waits less than a minute, because the machine may be busy', () => {
  const bounds = /\b(?:time[oO]ut|PATIENCE\w*) ?[:=] ?(\d[\d_]*)/g
  const socketBounds = /\.set(?:Default)?Timeout\((\d[\d_]*)/g
  const short = (text: string) =>
    [bounds, socketBounds].flatMap((pattern) =>
      [...text.matchAll(pattern)].filter(([, ms = '']) => Number(ms.replaceAll('_', '')) < PATIENCE),
    )
  expect(
    short('new DatabaseSync(file, { timeout: 2000 }); socket.setTimeout(5_000); const PATIENCE = 10_000'),
  ).toHaveLength(3)
  const files = globSync('test/**/*.ts', { cwd: ROOT }).filter((file) => file !== 'test/house/suite.test.ts')
  expect(files.filter((file) => short(textOf(file)).length > 0)).toEqual([])
  const waits = files.filter((file) => /vi\.wait(For|Until)\(/.test(textOf(file)) && !/PATIENCE/.test(textOf(file)))
  expect(waits).toEqual([])
})
