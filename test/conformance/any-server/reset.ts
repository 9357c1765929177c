/** Brings the server back to what every row begins with: everybody is signed out, and nothing waits. */
import type { FinesseClient } from '../finesse-client.ts'
import { childrenOf, parseTree, valueAt } from '../tree.ts'
import { ROWS_MEDIA } from './agents-file.ts'

/** The settings and the mode of a medium outlast a sign-out, so a sign-in sets them as on a fresh server. */
const FRESH =
  '<Media><state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>' +
  '<dialogLogoutAction>CLOSE</dialogLogoutAction></Media>'
const SIGN_OUT = '<Media><state>LOGOUT</state></Media>'

/** The way out of a state of a user: wrap-up ends by READY, and only NOT_READY may sign out (ruling 33). */
const WAY_OUT: Readonly<Record<string, readonly string[]>> = {
  LOGOUT: [],
  NOT_READY: ['LOGOUT'],
  READY: ['NOT_READY', 'LOGOUT'],
}
const OTHER_WAY_OUT = ['READY', 'NOT_READY', 'LOGOUT']

/** Leaves the calls of the agent, whose extension has the name of the user in the rows. */
async function leaveCalls(client: FinesseClient): Promise<void> {
  const { user } = client
  const { status, body } = await client.get(`User/${user}/Dialogs`)
  if (status !== 200) return
  for (const call of childrenOf(parseTree(body), 'Dialog')) {
    const drop = `<requestedAction>DROP</requestedAction><targetMediaAddress>${user}</targetMediaAddress>`
    await client.put(`Dialog/${valueAt(call, 'id')}`, `<Dialog>${drop}</Dialog>`)
  }
}

/** Signs the agent out of voice and of all media. Throws if the agent stays signed in. */
export async function signOut(client: FinesseClient): Promise<void> {
  const { user } = client
  await leaveCalls(client)
  const state = (await client.get(`User/${user}`)).value('state') ?? ''
  for (const next of WAY_OUT[state] ?? OTHER_WAY_OUT)
    await client.put(`User/${user}`, `<User><state>${next}</state></User>`)
  for (const { id } of Object.values(ROWS_MEDIA)) {
    await client.put(`User/${user}/Media/${id}`, SIGN_OUT)
    await client.put(`User/${user}/Media/${id}`, FRESH)
    await client.put(`User/${user}/Media/${id}`, SIGN_OUT)
  }
}

/** The objects of the agent that are not signed out, as words. */
export async function stillSignedIn(client: FinesseClient): Promise<readonly string[]> {
  const { user } = client
  const found: string[] = []
  for (const path of [`User/${user}`, ...Object.values(ROWS_MEDIA).map(({ id }) => `User/${user}/Media/${id}`)]) {
    const state = (await client.get(path)).value('state')
    if (state !== undefined && state !== 'LOGOUT') found.push(`${path} is ${state}`)
  }
  return found
}
