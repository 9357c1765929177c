/** Runs the command line in another process and reads its output. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { ENVIRONMENT, PROGRAM } from '../suite/started.ts'

const inService = z.object({
  msg: z.literal('in service'),
  ports: z.object({ rest: z.number().optional(), httpBind: z.number().optional(), xmpp: z.number().optional() }),
  surfaces: z.record(z.string(), z.string()),
  try: z.array(z.string()),
})

export type InService = z.infer<typeof inService>

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  readonly banner: InService
  readonly base: string
  /** The first line of standard output that contains the text, past or future. */
  line(text: string): Promise<string>
  /** The first line after this call that contains the text. */
  next(text: string): Promise<string>
  end(signal?: NodeJS.Signals): Promise<Ended>
  readonly ended: Promise<Ended>
}

/** A directory that is removed after the test. */
export async function temporary(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mrdian-cli-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** Starts a process that is killed after the test. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}, script = PROGRAM) {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...ENVIRONMENT, ...env },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  child.stdin.on('error', () => undefined)
  const ended: Promise<Ended> = once(child, 'close').then(([code, signal]) => ({ code, signal, out, err }))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, ended }
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const { child, ended } = start(args, env)
  child.stdin.end(input)
  return ended
}

/** Flags for free ports and a data file in memory. Flags of a test follow them. */
export const FREE = ['--rest-port', '0', '--http-bind-port', '0', '--xmpp-port', '0', '--data', ':memory:']

/** Starts `mrdian serve` and waits until it is in service. */
export async function serve(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  return watched(start(['serve', ...FREE, ...args], env))
}

/** Starts a script of the tests that runs a server. */
export async function serveBy(script: string): Promise<Running> {
  return watched(start([], {}, resolve(import.meta.dirname, script)))
}

async function watched({ child, ended }: ReturnType<typeof start>): Promise<Running> {
  const lines: string[] = []
  const waiting: { text: string; resolve: (line: string) => void }[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    for (const each of waiting.filter(({ text }) => line.includes(text))) each.resolve(line)
  })
  const line = (text: string) => {
    const seen = lines.find((each) => each.includes(text))
    return seen === undefined ? next(text) : Promise.resolve(seen)
  }
  const next = (text: string) => {
    const later = new Promise<string>((resolve) => waiting.push({ text, resolve }))
    const never = ended.then(({ out, err }): never => {
      throw new Error(`ended before "${text}": ${out}${err}`)
    })
    return Promise.race([later, never])
  }
  const banner = inService.parse(JSON.parse(await line('"in service"')))
  return {
    child,
    ended,
    banner,
    base: `http://127.0.0.1:${banner.ports.rest}`,
    line,
    next,
    end: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}
