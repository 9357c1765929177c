/**
 * The system calls of one command: the log of the data file is on the disk before the answer and the notification are
 * written. Killing a process cannot show that, because the kernel keeps what the process has written.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Client, request } from './client.ts'
import { ServerProcess } from './server-process.ts'

/** Why strace cannot be used here; `undefined` when it can. */
function obstacle(): string | undefined {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return isMissing ? 'strace is not installed' : `strace is not allowed to trace: ${String(error)}`
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

/** Parses the lines of `strace -f -y`. Joins the two lines of a call that another thread's call interrupted. */
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

/** The trace; waits until the tracer has written the end of the process. */
async function finished(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8')
    if (/\+\+\+ (exited|killed)[^\n]*\n$/.test(text)) return text
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The sync call depends on the build of SQLite. Node's own uses `fsync`. */
const SYNCS = ['fdatasync', 'fsync']
const WRITES = ['write', 'writev', 'sendto', 'sendmsg']
const MARK = 'mark-of-this-command'

describe.skipIf(reason !== undefined)('the order of system calls', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mrdian-trace-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('syncs the log to the disk before it writes the answer and the notification', async () => {
    const trace = join(folder, 'trace')
    const traced = 'trace=fdatasync,fsync,pwrite64,pwritev,write,writev,sendto,sendmsg'
    const server = new ServerProcess(join(folder, 'data.db'), {
      // With -D the tracer is not the parent, so the child is the server itself.
      wrapper: ['strace', '-D', '-f', '-y', '-s', '4096', '-e', traced, '-o', trace],
      // io_uring is off, because a trace does not show the writes that libuv makes through it.
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
    // The mark is in a page of the log and in the notification; the answer is found by its status line.
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
    // Between the write and the sync of the log nothing was sent about the command.
    expect(
      calls
        .slice(logged, synced)
        .filter((call) => WRITES.includes(call.name) && /HTTP\/1\.1 202|<Update>|&lt;Update/.test(call.text)),
    ).toEqual([])
  })
})
