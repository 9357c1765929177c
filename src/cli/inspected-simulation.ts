/** A simulation that is looked at: it begins when somebody is there, and stays until the last one has gone. */
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { InspectorService } from '../inspect/index.ts'
import type { SimulateOptions } from '../simulate/index.ts'
import { type InspectServer, startInspectServer } from './inspect-server.ts'
import { version } from './version.ts'

type Watched = Required<Pick<SimulateOptions, 'watch' | 'step'>>

/** `say` writes a line for people. */
export function inspectedSimulation(say: (line: string) => void): Watched {
  let service: InspectorService | undefined
  let server: InspectServer | undefined
  const came = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  return {
    watch: {
      begin: async (engine) => {
        const onViewers = (viewers: number) => (viewers > 0 ? came : left).resolve()
        service = new InspectorService({ engine, version: version(), onViewers })
        server = await startInspectServer(service, 'viewer', 0)
        say(server.link({}))
        say('the simulation begins when the link is opened')
        await came.promise
      },
      end: async () => {
        say('the simulation is over; it ends when the viewer is closed, or with Ctrl-C')
        await Promise.race([left.promise, once(process, 'SIGINT')])
        await server?.close()
      },
    },
    // Time stands still until viewers were told.
    step: async () => {
      await nextTurn()
    },
  }
}
