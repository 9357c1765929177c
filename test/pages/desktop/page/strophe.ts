/** Notifications over WebSocket, with strophe.js. */
import { $pres, Strophe } from 'strophe.js'
import { BEACON, type Connect } from './notifications.ts'

export const strophe: Connect = ({ domain, webSocket }, user, password, hear) =>
  new Promise((resolve, reject) => {
    const connection = new Strophe.Connection(webSocket)
    connection.addHandler(
      (message: Element) => {
        const [items] = message.getElementsByTagName('items')
        const [notification] = message.getElementsByTagName('notification')
        if (items && notification) hear(items.getAttribute('node') ?? '', notification.textContent ?? '')
        return true
      },
      null,
      'message',
      null,
    )
    connection.addHandler(
      (presence: Element) => {
        if (presence.getAttribute('from')?.startsWith(BEACON)) resolve({ end: () => connection.disconnect('') })
        return true
      },
      null,
      'presence',
      null,
    )
    connection.connect(`${user}@${domain}/desktop`, password, (status: number, condition: string | null) => {
      if (status === Strophe.Status.CONNECTED) connection.send($pres().tree())
      if (status === Strophe.Status.AUTHFAIL || status === Strophe.Status.CONNFAIL) reject(new Error(condition ?? ''))
    })
  })
