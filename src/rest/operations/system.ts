/** Operations without credentials (`user 9.1`, 9.2). */
import { renderSystemInfo, renderUserAuthMode } from '../../finesse/index.ts'
import { found, type Operation } from '../operation.ts'

export const SYSTEM_OPERATIONS: readonly Operation[] = [
  {
    access: 'public',
    method: 'GET',
    path: '/SystemInfo',
    run: ({ engine: { get }, side, wire }) => {
      const { timeZone } = get.directory().settings
      return found(renderSystemInfo(get.system(side), { ...wire, timeZone }))
    },
  },
  {
    access: 'public',
    method: 'GET',
    path: '/UserAuthMode/:id',
    platform: 'CCE',
    // The answer is the same for unknown names, so callers cannot probe for users.
    run: ({ wire }) => found(renderUserAuthMode(wire.authMode)),
  },
]
