/** The sequences of `notifications 15` against the embedded notification service. */
import { deploy } from './deployment.ts'
import { sequencesInVitest } from './in-vitest.ts'

sequencesInVitest({
  name: 'the embedded service',
  abilities: new Set(['holds-before-presence', 'virtual-sockets', 'two-sides', 'plain-sockets']),
  start: (options) => deploy({}, options),
})
