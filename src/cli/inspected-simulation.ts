/** A simulation for a viewer: it begins when the first viewer opens the link, and ends when the last one has left. */
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { InspectorService } from '../inspect/index.ts'
import type { SimulateOptions } from '../simulate/index.ts'
import { type InspectServer, startInspectServer } from './inspect-server.ts'
import { version } from './version.ts'

type Watched = Required<Pick<SimulateOptions, 'watch' | 'step'>>

/** `say` prints a line. */
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
        say('the simulation is over; close the viewer or press Ctrl-C to end')
        await Promise.race([left.promise, once(process, 'SIGINT')])
        await server?.close()
      },
    },
    // Lets the frames of a step reach the viewers before time goes on.
    step: async () => {
      await nextTurn()
    },
  }
}
