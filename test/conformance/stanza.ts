/** Clients of the public XMPP library `stanza` that share its dictionary of stanzas. */
import { type Agent, createClient, JXT } from 'stanza'

/** What a client of the library is made with. */
export type StanzaOptions = Parameters<typeof createClient>[0]

let dictionary: JXT.Registry | undefined

/**
 * A client like that of `createClient`. Each client of the library defines all stanzas of all extensions for itself, which
 * takes more time than most tests have for the client; the definitions are constants and hold nothing of a client.
 */
export function stanzaClient(options: StanzaOptions): Agent {
  if (dictionary === undefined) {
    const first = createClient(options)
    dictionary = first.stanzas
    return first
  }
  const { define } = JXT.Registry.prototype
  JXT.Registry.prototype.define = () => undefined
  try {
    return Object.assign(createClient(options), { stanzas: dictionary })
  } finally {
    JXT.Registry.prototype.define = define
  }
}
