/** `mrdian watch`: a Finesse client that prints the notifications of a user. For experiments and for debugging. */
import { client, type XmppElement, xml } from '@xmpp/client'
import { withOffsetOf } from '../times/index.ts'
import { StartFailure } from './start-failure.ts'
import { contentAt, elementsIn, parseUpdate, textAt } from './update-reader.ts'

export interface WatchOptions {
  readonly user: string
  /** `xmpp://host:port` or `ws://host:port/ws`. */
  readonly service: string
  readonly domain: string
  readonly xml: boolean
}

/** The XMPP resource of this command; `desktop` is the one of the Finesse desktop (`notifications 2`). */
const RESOURCE = 'watch'
/** Time limit for each step of connecting. The library's own two seconds are too short for a busy service. */
const CONNECT_TIMEOUT_MS = 30_000
/** Time limit for an orderly end. */
const END_TIMEOUT_MS = 2000

/** The notification in a stanza, if it has one: node and `Update` document. */
export function notificationOf(stanza: XmppElement): { readonly node: string; readonly document: string } | undefined {
  const items = stanza.getChild('event')?.getChild('items')
  const text = items?.getChild('item')?.getChild('notification')?.getText()
  return text === undefined ? undefined : { node: items?.attrs.node ?? '', document: text }
}

/** A notification as one line: time, event, object and state. */
export function describe(node: string, document: string, time: string): string {
  const update = parseUpdate(document)
  const source = textAt(update, 'source').replace('/finesse/api/', '')
  const [[kind, object] = ['', undefined]] = elementsIn(contentAt(update, 'data'))
  const [name, subject] = kind === 'dialogs' ? ['Dialog', contentAt(object, 'Dialog')] : [kind, object]
  const text = (...path: readonly string[]) => textAt(subject, ...path)
  const details = contentAt(subject, 'apiError')
    ? `${text('apiError', 'errorType')} (${text('apiError', 'errorData')} ${text('apiError', 'errorMessage')})`
    : [
        text('state') || text('status'),
        text('pendingState') && `then ${text('pendingState')}`,
        text('routable') === 'false' && 'not routable',
        text('mediaProperties', 'dispositionCode'),
        name.toLowerCase() === 'dialog' && text('id'),
      ]
        .filter(Boolean)
        .join(', ')
  const requestId = textAt(update, 'requestId')
  return `${time}  ${textAt(update, 'event').padEnd(6)} ${(source || node).padEnd(34)} ${details}${requestId && `  [requestId ${requestId}]`}`
}

/** The same line, or the document itself if it cannot be read. */
function lineFor(node: string, document: string, time: string): string {
  try {
    return describe(node, document, time)
  } catch {
    return `${time}  ${node} ${document}`
  }
}

/** Connects and prints until the stream ends, or SIGINT or SIGTERM. Throws `StartFailure` if it cannot sign in. */
export async function watch(options: WatchOptions, password: string, print: (line: string) => void): Promise<void> {
  const { user: username, service, domain } = options
  const credentials = (
    authenticate: (given: { username: string; password: string }, mechanism: string) => Promise<void>,
  ) => authenticate({ username, password }, 'PLAIN')
  // All lines have the same offset, so that they sort by time even when clocks are set back.
  const formatTime = withOffsetOf(Date.now())
  const session = client({ service, domain, resource: RESOURCE, credentials })
  session.timeout = CONNECT_TIMEOUT_MS
  session.reconnect.stop()
  const ended = new Promise<string>((resolve) => {
    session.on('error', (error) => resolve(error.message))
    session.on('disconnect', () => resolve('the stream has ended'))
  })
  session.on('stanza', (stanza) => {
    const notification = notificationOf(stanza)
    if (!notification) return
    const { node, document } = notification
    print(options.xml ? document : lineFor(node, document, formatTime(Date.now())))
  })
  session.on('online', (jid) => {
    session.send(xml('presence', {}, xml('priority', {}, '0'))).catch(() => undefined)
    print(`watching as ${jid.toString()}; end with Ctrl+C`)
  })
  const stop = () => {
    session.timeout = END_TIMEOUT_MS
    session.stop().catch(() => undefined)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const opened = session.connect(service).then(() => session.open({ domain }))
  const failed = opened.then(
    () => ended,
    (error: unknown) =>
      Promise.reject(new StartFailure(`cannot watch at ${service}: ${error instanceof Error ? error.message : error}`)),
  )
  // Removes the handlers, so that the caller can handle signals itself.
  const reason = await failed.finally(() => process.off('SIGINT', stop).off('SIGTERM', stop))
  if (reason.includes('not-authorized'))
    throw new StartFailure(`${username} may not sign in at ${service}: wrong password, or locked`)
  print(reason)
}
