/** The server as a process of its own: from the bundle of the sources that tests start too. */
import { z } from 'zod'
import { setup } from '../suite/program.ts'
import { type Started, started } from './started.ts'

/** Makes the bundle, unless it is there. */
export async function program(): Promise<{ readonly script: string; readonly env: NodeJS.ProcessEnv }> {
  await setup()
  const { ENVIRONMENT, PROGRAM } = await import('../suite/started.ts')
  return { script: PROGRAM, env: ENVIRONMENT }
}

const inService = z.object({
  msg: z.literal('in service'),
  ports: z.object({ rest: z.number(), httpBind: z.number(), xmpp: z.number() }),
})

const bannerOf = (line: string) => {
  try {
    return inService.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

export interface Server extends Started {
  readonly rest: string
  readonly ws: string
}

/** Starts `mrdian serve` on free ports. Resolves when it is in service. */
export async function serve(script: string, env: NodeJS.ProcessEnv, directory: string, data: string): Promise<Server> {
  const ports = ['--rest-port', '0', '--http-bind-port', '0', '--xmpp-port', '0']
  const args = ['serve', ...ports, '--log-format', 'json', '--directory', directory, '--data', data]
  const server = await started(script, args, env, (line) => bannerOf(line) !== undefined)
  const { rest = 0, httpBind = 0 } = bannerOf(server.line)?.ports ?? {}
  return { ...server, rest: `http://127.0.0.1:${rest}`, ws: `ws://127.0.0.1:${httpBind}/ws` }
}
