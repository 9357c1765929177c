/** The effects of a user's rows, in words, by what they are about. */
import { guarded } from '../guards.ts'
import { agentState } from './agent-state.ts'
import { calls } from './calls.ts'
import { configuration } from './configuration.ts'
import { media } from './media.ts'
import { presence } from './presence.ts'
import { sides } from './sides.ts'

/** Guards and actions together: the words that the chart is written in. */
export const user = guarded.extend({
  actions: { ...agentState, ...calls, ...media, ...sides, ...presence, ...configuration },
})
