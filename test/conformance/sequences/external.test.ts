/**
 * The sequences of `notifications 15` against Prosody and ejabberd: each against one of them, and against both in `npm run
 * test:whole`.
 *
 * Slow, 30 s: real XMPP servers start, and they work in real time.
 */
import { afterAll, beforeAll } from 'vitest'
import { SERVERS } from '../../../src/xmpp/external/files.ts'
import { freePorts } from '../../suite/free-ports.ts'
import { describeWith, type XmppServer, xmppServer } from '../../xmpp/external/programs.ts'
import { deploy } from './deployment.ts'
import { sequencesInVitest } from './in-vitest.ts'
import type { ServiceUnderTest } from './service.ts'

for (const [first, kind] of SERVERS.entries())
  describeWith(kind, kind, () => {
    let server: XmppServer
    let restPort = 0
    beforeAll(async () => {
      ;[restPort = 0] = await freePorts(1)
      server = await xmppServer(kind, { restPort })
    })
    afterAll(() => server.close())

    const service: ServiceUnderTest = {
      name: kind,
      abilities: new Set(['plain-sockets']),
      start: (options) =>
        deploy(
          {
            xmpp: { port: server.port, domain: server.domain },
            options: { restPort, xmppService: server.service, xmppPassword: 'of the engine' },
            restart: async (how) => {
              await server.stop(how === 'in order' ? 'SIGTERM' : 'SIGKILL')
              await server.start()
            },
          },
          options,
        ),
    }
    sequencesInVitest(service, { nth: SERVERS.length, first: SERVERS.length - 1 - first })
  })
