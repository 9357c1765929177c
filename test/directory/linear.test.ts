/**
 * Reading a directory takes linear time: twice the text of the same shape is about twice the work, where quadratic
 * work would be four times. Work is counted and not timed, as in `test/finesse/linear.test.ts`. It is done in its own
 * thread, so that it does not block the server.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer } from '../../src/cli/server.ts'
import { parseApart } from '../../src/directory/apart.ts'
import { DirectoryError, loadDirectory, parseDirectory } from '../../src/directory/index.ts'

/** A text that repeats a piece up to the size; each piece gets its number. */
const filled =
  (piece: (n: string) => string, head = '', tail = '') =>
  (size: number) => {
    const pieces: string[] = []
    for (let room = size, n = 0; room > 0; n += 1) {
      const next = piece(n.toString(36))
      pieces.push(next)
      room -= next.length
    }
    return head + pieces.join('') + tail
  }

const USER = 'version: 1\nteams: [{ id: "1", name: x }]\nusers:\n  - { id: a, loginName: b, teamId: "1", password: x'

const HOSTILE: Readonly<Record<string, (size: number) => string>> = {
  'lists within lists': filled(() => '['),
  'maps within maps': filled(() => '{a: '),
  'lists within lists, by indentation': filled(() => '- '),
  'keys within keys': filled(() => '? '),
  'end of lists': filled(() => ']'),
  commas: filled(() => ',', '[', ']'),
  keys: filled((n) => `k${n}: 1\n`),
  'the same key': filled(() => 'a: 1\n'),
  'unknown keys of a user': filled((n) => `, k${n}: 1`, USER, '}'),
  'teams that do not exist': filled((n) => `t${n},`, `${USER}, roles: [Supervisor], supervises: [`, ']}'),
  'the same team': filled(() => '"1",', `${USER}, roles: [Supervisor], supervises: [`, ']}'),
  'users without anything': filled(() => '  - {}\n', 'version: 1\nusers:\n'),
  directives: filled(() => '%\n'),
  documents: filled(() => '---\n'),
  'line breaks': filled(() => '\n'),
  'a text of escapes': filled(() => '\\u0041', '"', '"'),
  'a block of lines': filled(() => ' x\n', 'a: >\n'),
}

const COUNTED = /\/(?:yaml\/dist\/.*|src\/directory\/(?!apart)[\w-]+\.ts)$/

const session = new Session()
beforeAll(async () => {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
})
afterAll(async () => {
  await session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
})

/** Number of code blocks that this thread has run since the last count. */
async function count(files = COUNTED): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ url }) => files.test(url))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map((range) => range.count)))
    .reduce((sum, blocks) => sum + blocks, 0)
}

async function workOn(text: string): Promise<number> {
  await count()
  expect(() => parseDirectory(text, 'x')).toThrow(DirectoryError)
  return count()
}

describe('a directory is read in linear time', () => {
  it.each(Object.entries(HOSTILE))('%s', async (_, shape) => {
    const half = await workOn(shape(16 * 1024))
    const whole = await workOn(shape(32 * 1024))
    expect(half).toBeGreaterThan(0)
    expect(whole / half).toBeLessThan(2.8)
  })
})

it('a text that is nested too deep or has too many aliases is refused', () => {
  expect(() => parseDirectory('['.repeat(100_000), 'x')).toThrow(
    'x:1:33 is not YAML: lists and maps are nested deeper than 32',
  )
  const aliases = `- &a 1\n${'- *a\n'.repeat(1001)}`
  expect(() => parseDirectory(aliases, 'x')).toThrow('x:1:1 is not YAML: there are more than 1000 aliases')
})

describe('reading does not block the server', () => {
  const text = HOSTILE.keys?.(64 * 1024) ?? ''

  it('a file is parsed in its own thread', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mrdian-apart-'))
    const file = join(folder, 'hostile.yaml')
    await writeFile(file, text)
    await count()
    await expect(loadDirectory(file)).rejects.toThrow('unknown key')
    expect(await count(/\/yaml\/dist\/|src\/directory\/(?:parse|document|checks)\.ts$/)).toBe(0)
    await rm(folder, { recursive: true })
  })

  it('reading is aborted when it takes too long, and the next text is read', async () => {
    await expect(parseApart(text, 'slow', {}, 0)).rejects.toThrow('slow takes too long to read')
    expect((await parseApart('version: 1\n...', 'next')).hasEndMark).toBe(true)
  })

  it('the body of a request is parsed in its own thread', async () => {
    const server = await startServer({ data: ':memory:', restPort: 0, xmppPort: 'off', httpBindPort: 'off' })
    await count()
    const response = await fetch(`http://127.0.0.1:${server.ports.rest}/acd/directory`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/yaml' },
      body: text,
    })
    expect(response.status).toBe(400)
    expect(await count(/\/yaml\/dist\/|src\/directory\/(?:parse|document|checks)\.ts$/)).toBe(0)
    await server.close()
  })
})
