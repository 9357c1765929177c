/** Notifications over BOSH, with stanza. */
import { createClient, JXT } from 'stanza'
import { BEACON, type Connect } from './notifications.ts'

/** The content of a notification: only text. */
const NOTIFICATION: JXT.DefinitionOptions = {
  aliases: JXT.pubsubItemContentAliases(),
  element: 'notification',
  namespace: 'http://jabber.org/protocol/pubsub',
  type: 'finesse',
  fields: { update: JXT.text() },
}

export const stanza: Connect = ({ domain, bosh }, user, password, hear) =>
  new Promise((resolve, reject) => {
    const transports = { bosh, websocket: false as const }
    const client = createClient({ jid: `${user}@${domain}`, password, resource: 'desktop', transports })
    client.stanzas.define(NOTIFICATION)
    client.on('pubsub:published', ({ pubsub: { items } }) => {
      for (const { content } of items.published)
        if (content && 'update' in content) hear(items.node, String(content.update))
    })
    client.on('presence', ({ from }) => {
      if (from.startsWith(BEACON)) resolve({ end: () => client.disconnect() })
    })
    client.on('session:started', () => client.sendPresence())
    client.on('auth:failed', () => reject(new Error('the password is wrong')))
    client.connect()
  })
