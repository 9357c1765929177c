/** Clients of the public XMPP library `stanza` that share its dictionary of stanzas. */
import { type Agent, createClient, JXT } from 'stanza'

/** Options for a client of the library. */
export type StanzaOptions = Parameters<typeof createClient>[0]

let dictionary: JXT.Registry | undefined

/**
 * A client like that of `createClient`. Each client of the library defines all stanzas of all extensions for itself,
 * which takes too long for most tests. The definitions are constants without data of a client, so they can be shared.
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
