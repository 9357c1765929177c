/**
 * What the kernel sees of one command: the log of the data file is on the disk before anybody is told. A killed process
 * cannot show that, because what it wrote lives on in the kernel; the order of system calls can.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, request } from './client.ts'
import { ServerProcess } from './server-process.ts'

/** Why no process can be traced here; `undefined` when it can. */
function obstacle(): string | undefined {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return isMissing ? 'strace is not installed' : `strace may not trace: ${String(error)}`
  }
}

const reason = obstacle()

it('system calls can be traced', ({ skip }) => {
  if (!process.env.CI) skip(reason !== undefined, reason)
  expect(reason).toBeUndefined()
})

/** A finished system call of the trace, in the order in which it returned. */
interface Call {
  readonly name: string
  readonly fd: string
  readonly text: string
}

/** Lines of `strace -f -y`; a call that was interrupted by another thread's is put together again. */
function parse(trace: string): readonly Call[] {
  const unfinished = new Map<string, string>()
  const calls: Call[] = []
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    if (rest.endsWith('<unfinished ...>')) {
      unfinished.set(thread, rest.replace(' <unfinished ...>', ''))
      continue
    }
    const [, resumed] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? []
    const text = resumed === undefined ? rest : `${unfinished.get(thread) ?? ''}${resumed}`
    const [, name, fd] = /^(\w+)\((\d+<[^>]*>(?:\])?|[^,)]*)/.exec(text) ?? []
    if (name !== undefined) calls.push({ name, fd: fd ?? '', text })
  }
  return calls
}

/** The trace, once the tracer has written the end of the process. */
async function finished(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8')
    if (/\+\+\+ (exited|killed)[^\n]*\n$/.test(text)) return text
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Which of the two it is depends on how SQLite was built; Node's own says `fsync`. */
const SYNCS = ['fdatasync', 'fsync']
const WRITES = ['write', 'writev', 'sendto', 'sendmsg']
const MARK = 'mark-of-this-command'

describe.skipIf(reason !== undefined)('the order of system calls', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mrdian-trace-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('the log is on the disk before the answer and the notification are written', async () => {
    const trace = join(folder, 'trace')
    const traced = 'trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg'
    const server = new ServerProcess(join(folder, 'data.db'), {
      // The tracer stands aside, so that the child is the server itself.
      wrapper: ['strace', '-D', '-f', '-y', '-s', '4096', '-e', traced, '-o', trace],
      // No write may take a way that a trace cannot look into: libuv can use a ring for files.
      env: { UV_USE_IO_URING: '0' },
    })
    try {
      const at = await server.ready
      if (!at) throw new Error(`it did not start: ${server.output.join('\n')}`)
      let heard: () => void = () => undefined
      const told = new Promise<void>((resolve) => {
        heard = resolve
      })
      const client = new Client('1001', ({ text }) => {
        if (text.includes(MARK)) heard()
      })
      expect(await client.connect(at, 1)).toBe(true)
      const body = '<User><state>LOGIN</state><extension>1001</extension></User>'
      const answer = await request(at, '1001:secret', 'PUT', '/finesse/api/User/1001', { body, requestId: MARK })
      expect(answer.status).toBe(202)
      await told
      await client.leave()
    } finally {
      await server.kill('SIGTERM')
    }

    const calls = parse(await finished(trace))
    const isLog = ({ fd }: Call) => fd.includes('data.db-wal')
    // The input is in a page of the log, the answer and the notification are on their sockets.
    const logged = calls.findIndex((call) => isLog(call) && call.name.startsWith('pwrite') && call.text.includes(MARK))
    const synced = calls.findIndex(
      (call, index) => index > logged && isLog(call) && SYNCS.includes(call.name) && / = 0$/.test(call.text),
    )
    const onSocket = (what: string) => (call: Call) => WRITES.includes(call.name) && call.text.includes(what)
    const answered = calls.findIndex((call, index) => index > logged && onSocket('HTTP/1.1 202')(call))
    const notified = calls.findIndex((call) => onSocket(MARK)(call) && !isLog(call))
    expect({ logged, synced, answered, notified }).toEqual({
      logged: expect.any(Number),
      synced: expect.any(Number),
      answered: expect.any(Number),
      notified: expect.any(Number),
    })
    expect(Math.min(logged, synced, answered, notified)).toBeGreaterThanOrEqual(0)
    expect(synced).toBeLessThan(answered)
    expect(synced).toBeLessThan(notified)
    // Nothing that follows from the command left in between.
    expect(
      calls
        .slice(logged, synced)
        .filter((call) => WRITES.includes(call.name) && /HTTP\/1\.1 202|<Update>|&lt;Update/.test(call.text)),
    ).toEqual([])
  })
})
