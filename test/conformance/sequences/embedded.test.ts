/** The sequences of `notifications 15` against the embedded notification service. */
import { deploy } from './deployment.ts'
import { sequences } from './sequences.ts'

sequences({
  name: 'the embedded service',
  abilities: new Set(['holds-before-presence', 'virtual-sockets', 'two-sides']),
  start: (options) => deploy({}, options),
})
