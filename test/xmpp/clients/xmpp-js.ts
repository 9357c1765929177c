/** @xmpp/client (npm), in Node. */
import { type XmppElement, xml, client as xmppClient } from '@xmpp/client'
import { PATIENCE } from '../../suite/patience.ts'
import { type Adapter, Inbox, type Place, patiently } from './foreign-client.ts'

function adapter(serviceOf: (place: Place) => string): Adapter {
  return (place, user) => {
    const inbox = new Inbox()
    const client = xmppClient({
      service: serviceOf(place),
      domain: place.domain,
      resource: 'xmpp-js',
      credentials: (authenticate) => authenticate({ username: user, password: 'secret' }, 'PLAIN'),
    })
    client.reconnect.stop()
    client.timeout = PATIENCE
    client.on('error', () => undefined)
    let jid = ''
    let answered: (answer: XmppElement) => void = () => undefined
    let beacon: () => void = () => undefined
    client.on('stanza', (stanza) => {
      if (stanza.name === 'iq' && stanza.attrs.id === 'subscribe') answered(stanza)
      if (stanza.name === 'presence' && stanza.attrs.from?.startsWith('finesse@')) beacon()
      const items = stanza.getChild('event')?.getChild('items')
      const notification = items?.getChild('item')?.getChild('notification')
      if (items && notification) inbox.push({ node: items.attrs.node ?? '', text: notification.getText() })
    })
    return {
      inbox,
      async connect() {
        const online = new Promise<void>((resolve) => {
          client.on('online', (address) => {
            jid = address.toString()
            resolve()
          })
        })
        await client.connect(serviceOf(place))
        await client.open({ domain: place.domain })
        await patiently('the session', online)
        const seen = new Promise<void>((resolve) => {
          beacon = resolve
        })
        await client.send(xml('presence', {}, xml('priority', {}, '0')))
        await patiently('the beacon', seen)
      },
      async subscribe(node) {
        const answer = new Promise<XmppElement>((resolve) => {
          answered = resolve
        })
        const subscribe = xml('subscribe', { node, jid })
        const pubsub = xml('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' }, subscribe)
        await client.send(xml('iq', { type: 'set', id: 'subscribe', to: `pubsub.${place.domain}` }, pubsub))
        const result = await patiently('the answer', answer)
        return result.getChild('pubsub')?.getChild('subscription')?.attrs.subscription ?? ''
      },
      async disconnect() {
        await patiently('the end', client.stop())
      },
    }
  }
}

export const xmppJsOverTcp = adapter(({ xmpp }) => `xmpp://127.0.0.1:${xmpp}`)
/** Connects by name, because the library checks the certificate. */
export const xmppJsOverTls = adapter(({ xmppTls }) => `xmpps://localhost:${xmppTls}`)
export const xmppJsOverWebSocket = adapter(({ httpBind }) => `ws://127.0.0.1:${httpBind}/ws`)
