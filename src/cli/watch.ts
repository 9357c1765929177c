/** `mrdian watch`: a Finesse client that prints the notifications of a user. For experiments and for debugging. */
import { pino } from 'pino'
import { systemClock } from '../clock/system-clock.ts'
import { withOffsetOf } from '../times/index.ts'
import { XmppConnection } from '../xmpp-session/connection.ts'
import type { XmppElement } from '../xmpp-session/xmpp-element.ts'
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
/** Time limit for each step of connecting, in ms. */
const TIMEOUT_MS = 30_000

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
  // All lines have the same offset, so that they sort by time even when clocks are set back.
  const formatTime = withOffsetOf(Date.now())
  const session = new XmppConnection({
    service,
    domain,
    username,
    password,
    resource: RESOURCE,
    requestTimeoutMs: TIMEOUT_MS,
    connectTimeoutMs: TIMEOUT_MS,
    clock: systemClock(),
    logger: pino({ level: 'silent' }),
    late: () => new StartFailure(`${service} did not answer in time`),
    onPresence: () => undefined,
    onMessage: (stanza) => {
      const notification = notificationOf(stanza)
      if (!notification) return
      const { node, document } = notification
      print(options.xml ? document : lineFor(node, document, formatTime(Date.now())))
    },
  })
  const stop = () => void session.close()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    await opened(session, options)
    print(`watching as ${session.jid}; end with Ctrl+C`)
    await session.lost
    print(session.problem?.message ?? 'the stream has ended')
  } finally {
    // Removes the handlers, so that the caller can handle signals itself.
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await session.close()
  }
}

async function opened(session: XmppConnection, { user, service }: WatchOptions): Promise<void> {
  try {
    await session.open()
    await session.appear()
  } catch (error) {
    await session.close()
    const words = error instanceof Error ? error.message : String(error)
    if (words.includes('not-authorized'))
      throw new StartFailure(`${user} may not sign in at ${service}: wrong password, or locked`)
    throw new StartFailure(`cannot watch at ${service}: ${words}`)
  }
}
