/** How numbers outside answer the calls of agents. */
import { checked } from './json.ts'
import { type Answer, builtIn, type Call, type Operation, ok } from './operation.ts'
import { networkChange } from './requests.ts'

function show({ engine }: Call): Answer {
  return ok(builtIn(engine).network())
}

async function change({ engine, origin, body }: Call): Promise<Answer> {
  return ok(await builtIn(engine).changeNetwork(checked(networkChange, body, 'body'), origin))
}

export const NETWORK_OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '/network', run: show },
  { method: 'POST', path: '/network', run: change, again: show },
]
