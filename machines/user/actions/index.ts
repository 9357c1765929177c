/** All actions of a user. */
import { guarded } from '../guards.ts'
import { agentState } from './agent-state.ts'
import { calls } from './calls.ts'
import { configuration } from './configuration.ts'
import { media } from './media.ts'
import { mobile } from './mobile.ts'
import { monitoring } from './monitoring.ts'
import { presence } from './presence.ts'
import { reservations } from './reservations.ts'
import { sides } from './sides.ts'
import { signIns } from './sign-ins.ts'
import { afterCalls } from './wrap-ups.ts'

/** The setup of the user's chart: guards and actions. */
export const user = guarded.extend({
  actions: {
    ...agentState,
    ...signIns,
    ...calls,
    ...reservations,
    ...afterCalls,
    ...media,
    ...sides,
    ...presence,
    ...configuration,
    ...monitoring,
    ...mobile,
  },
})
