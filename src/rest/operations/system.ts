/** Operations without credentials (`user 9.1`, 9.2). */
import { renderSystemInfo, renderUserAuthMode } from '../../finesse/index.ts'
import { found, type Operation } from '../operation.ts'

export const SYSTEM_OPERATIONS: readonly Operation[] = [
  {
    access: 'public',
    method: 'GET',
    path: '/SystemInfo',
    run: (call) => found(renderSystemInfo(call.engine.get.system(call.side), call.wire)),
  },
  {
    access: 'public',
    method: 'GET',
    path: '/UserAuthMode/:id',
    // The answer is the same for unknown names, so callers cannot probe for users.
    run: () => found(renderUserAuthMode()),
  },
]
