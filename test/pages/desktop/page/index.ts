/**
 * A small desktop for Finesse, twice in one page: one agent with strophe.js over WebSocket, one with stanza over BOSH.
 * The address says where the server is: `#rest=http://…&webSocket=ws://…&bosh=http://…&domain=…`.
 */
import { Desktop } from './desktop.ts'
import type { Connect } from './notifications.ts'
import { Rest } from './rest.ts'
import { stanza } from './stanza.ts'
import { strophe } from './strophe.ts'

const address = new URLSearchParams(location.hash.slice(1))
const setting = (name: string): string => address.get(name) ?? ''
const place = { domain: setting('domain'), webSocket: setting('webSocket'), bosh: setting('bosh') }

function desktop(name: string, user: string, connect: Connect): Desktop {
  const agent = { user, extension: user, password: 'secret' }
  const made = new Desktop(name, agent, new Rest(setting('rest'), user, agent.password))
  document.body.append(made.panel.node)
  made.start(connect, place).catch((error: unknown) => console.error(String(error)))
  return made
}

declare global {
  /** For the console, and for tests. */
  var desktops: Readonly<Record<string, Desktop>>
}
globalThis.desktops = {
  '1001': desktop('Ana Reyes', '1001', strophe),
  '1002': desktop('Boris Novak', '1002', stanza),
}
