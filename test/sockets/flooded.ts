/** Starts the server for floods in a process that may open only few files. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

const port = z.number()
const ofSide = z.object({
  rest: port,
  restTls: port,
  httpBind: port,
  httpBindTls: port,
  xmpp: port,
  xmppTls: port,
})
export const ports = z.object({ A: ofSide, B: ofSide })

export type Surface = keyof z.infer<typeof ofSide>
export type Ports = z.infer<typeof ports>

export interface Flooded {
  readonly ports: Ports
  /** Ends the process. Gives what it wrote to standard error. */
  end(): Promise<string>
}

/** `files` is the limit of open files of the process. */
export async function floodedServer(files: number): Promise<Flooded> {
  const script = resolve(import.meta.dirname, 'flooded-server.ts')
  const limited = ['-c', 'ulimit -n "$1" && shift && exec "$@"', 'sh', String(files), process.execPath, script]
  const child = spawn('/bin/sh', limited, { stdio: ['pipe', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(child, 'close')
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then((): never => {
      throw new Error(`the server did not start: ${errors}`)
    }),
  ])
  return {
    ports: ports.parse(JSON.parse(String(line[0]))),
    end: async () => {
      child.stdin.end()
      await ended
      return errors
    },
  }
}
