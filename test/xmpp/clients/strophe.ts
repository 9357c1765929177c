/** strophe.js (npm), in a browser and in a page of another origin. */
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { TestBrowser, WatchedPage } from '../../browser.ts'
import { type ForeignClient, Inbox, type Place, patiently } from './foreign-client.ts'

const STROPHE = fileURLToPath(new URL('../../../node_modules/strophe.js/dist/strophe.umd.min.js', import.meta.url))

/** Runs in the page, where `Strophe` is a global. */
const IN_PAGE = `
window.connect = (service, jid) => new Promise((resolve, reject) => {
  const { Strophe, $pres } = window
  const connection = window.connection = new Strophe.Connection(service)
  const { Status } = Strophe
  connection.addHandler((message) => {
    const items = message.getElementsByTagName('items')[0]
    const notification = message.getElementsByTagName('notification')[0]
    if (notification) window.heard(items.getAttribute('node'), notification.textContent)
    return true
  }, null, 'message')
  connection.addHandler((presence) => {
    if (presence.getAttribute('from').startsWith('finesse@')) resolve()
    return true
  }, null, 'presence')
  connection.connect(jid, 'secret', (status, condition) => {
    if (status === Status.CONNECTED) connection.send($pres().c('priority').t('0').tree())
    if (status === Status.CONNFAIL || status === Status.AUTHFAIL) reject(new Error(String(condition)))
    if (status === Status.DISCONNECTED) window.isOver = true
  })
})
window.subscribe = (pubsub, node) => new Promise((resolve, reject) => {
  const { $iq } = window
  const iq = $iq({ type: 'set', to: pubsub })
    .c('pubsub', { xmlns: 'http://jabber.org/protocol/pubsub' })
    .c('subscribe', { node, jid: window.connection.jid })
  const answered = (answer) => resolve(answer.getElementsByTagName('subscription')[0].getAttribute('subscription'))
  window.connection.sendIQ(iq.tree(), answered, (error) => reject(new Error(error.outerHTML)))
})
`

/** `service` is the URL that the library is given. */
export function strophe(browser: TestBrowser, place: Place, user: string, service: string): ForeignClient {
  const inbox = new Inbox()
  let watched: WatchedPage | undefined
  const page = (): Page => {
    if (watched === undefined) throw new Error('not connected')
    return watched.page
  }
  return {
    inbox,
    async connect() {
      // Any page of the server will do: the other port makes it another origin.
      watched = await browser.open(`http://127.0.0.1:${place.rest}/health`, {
        allow: (url) => url.startsWith('http://127.0.0.1:'),
        hasOwnWindow: true,
      })
      await page().exposeFunction('heard', (node: string, text: string) => inbox.push({ node, text }))
      await page().addScriptTag({ path: STROPHE })
      await page().evaluate(IN_PAGE)
      const jid = `${user}@${place.domain}/strophe`
      await patiently('the beacon', page().evaluate(`connect(${JSON.stringify(service)}, ${JSON.stringify(jid)})`))
    },
    async subscribe(node) {
      return String(
        await page().evaluate(`subscribe(${JSON.stringify(`pubsub.${place.domain}`)}, ${JSON.stringify(node)})`),
      )
    },
    async disconnect() {
      await page().evaluate('connection.disconnect()')
      await patiently('the end', page().waitForFunction('window.isOver'))
      await watched?.close()
    },
  }
}
