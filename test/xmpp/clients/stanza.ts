/** stanza (npm), in Node. */
import { createClient, JXT } from 'stanza'
import { type Adapter, Inbox, patiently } from './foreign-client.ts'

function elementsNamed(element: JXT.XMLElement, name: string): JXT.XMLElement[] {
  const below = element.children.flatMap((child) => (typeof child === 'string' ? [] : elementsNamed(child, name)))
  return element.name === name ? [element, ...below] : below
}

function adapter(
  transportsOf: (place: Parameters<Adapter>[0]) => { websocket: string | false; bosh: string | false },
): Adapter {
  return (place, user) => {
    const inbox = new Inbox()
    const client = createClient({
      jid: `${user}@${place.domain}`,
      password: 'secret',
      resource: 'stanza',
      transports: transportsOf(place),
      autoReconnect: false,
    })
    client.on('raw:incoming', (xml) => {
      // The library reports a BOSH answer as a whole.
      for (const items of xml.includes('<items') ? elementsNamed(JXT.parse(xml), 'items') : []) {
        const [notification] = elementsNamed(items, 'notification')
        inbox.push({ node: items.getAttribute('node') ?? '', text: notification?.getText() ?? '' })
      }
    })
    return {
      inbox,
      async connect() {
        const started = new Promise<void>((resolve, reject) => {
          client.once('session:started', () => resolve())
          client.once('auth:failed', () => reject(new Error('not authorized')))
        })
        client.connect()
        await patiently('the session', started)
        const beacon = new Promise<void>((resolve) => {
          client.on('presence', ({ from }) => {
            if (from.startsWith('finesse@')) resolve()
          })
        })
        client.sendPresence({ priority: 0 })
        await patiently('the beacon', beacon)
      },
      async subscribe(node) {
        const { state = '' } = await client.subscribeToNode(`pubsub.${place.domain}`, { node, jid: client.jid })
        return state
      },
      async disconnect() {
        const gone = new Promise((resolve) => client.once('disconnected', resolve))
        client.disconnect()
        await patiently('the end', gone)
      },
    }
  }
}

export const stanzaOverWebSocket = adapter(({ httpBind }) => ({
  websocket: `ws://127.0.0.1:${httpBind}/ws/`,
  bosh: false,
}))
export const stanzaOverBosh = adapter(({ httpBind }) => ({
  websocket: false,
  bosh: `http://127.0.0.1:${httpBind}/http-bind/`,
}))
