/**
 * The hook: a command that creates tasks and calls on the server, because Finesse has no interface for that. It is
 * started once, reads one request per line from standard input, and writes one answer per line to standard output.
 * `README.md` lists the requests.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { AcdAnswer } from '../story/witness.ts'
import type { Names } from './names.ts'
import { NotTestable } from './not-testable.ts'

/** Creates tasks and calls, in the names of the server. */
export interface Hook {
  ask(method: string, path: string, body?: object): Promise<AcdAnswer>
  close(): void
}

/** The answer of a hook that cannot do it. */
const NOT_IMPLEMENTED = 501

/**
 * Starts the command in a shell. `server`: the address of REST, for its environment. `patience`: the longest time for an
 * answer, in ms.
 */
export function startHook(command: string, server: string, patience: number): Hook {
  const child = spawn(command, {
    shell: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, CONFORMANCE_REST: server },
  })
  const waiting: { resolve(answer: AcdAnswer): void; reject(error: Error): void }[] = []
  let ended: Error | undefined
  const fails = (why: string) => {
    // This says nothing about the server.
    ended ??= new NotTestable(`the hook ${why}`)
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  child.on('error', (error) => fails(error.message))
  child.on('exit', (code) => fails(`has ended with ${code}`))
  // The exit says more, or the time-out.
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = answerIn(line)
    if (answer) waiting.shift()?.resolve(answer)
    else fails(`wrote a line that is no answer: ${line}`)
  })
  return {
    ask(method, path, body) {
      if (ended) return Promise.reject(ended)
      const late = setTimeout(() => fails(`has not answered ${method} ${path} in time`), patience)
      return new Promise<AcdAnswer>((resolve, reject) => {
        waiting.push({ resolve, reject })
        child.stdin.write(`${JSON.stringify({ method, path, ...(body === undefined ? {} : { body }) })}\n`)
      }).finally(() => clearTimeout(late))
    },
    close: () => child.stdin.end(),
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function answerIn(line: string): AcdAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(line)
    if (!isRecord(answer) || typeof answer.status !== 'number') return undefined
    return { status: answer.status, body: isRecord(answer.body) ? answer.body : {} }
  } catch {
    return undefined
  }
}

/** A request in the names of the rows. Throws `NotTestable` if there is no hook, or it cannot do it. */
export async function askHook(
  hook: Hook | undefined,
  names: Names,
  method: string,
  path: string,
  body?: object,
): Promise<AcdAnswer> {
  if (path === '/faults') throw new NotTestable('it needs a fault of the server')
  if (!hook) throw new NotTestable('it needs tasks or calls (--hook)')
  const query = path.replace(/mrdId=(.+)$/, (_, mrd: string) => `mrdId=${names.mrdOnServer(mrd)}`)
  const answer = await hook.ask(method, query, body && names.jsonToServer(body))
  if (answer.status === NOT_IMPLEMENTED) throw new NotTestable(`the hook cannot do ${method} ${path.split('/')[1]}`)
  return { status: answer.status, body: { ...names.jsonToRows(answer.body) } }
}
