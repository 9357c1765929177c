import type { PublishedItem } from './delivery.ts'
import type { Hub } from './hub.ts'
import { NS } from './namespaces.ts'
import { randomName } from './random.ts'
import type { BoundSession } from './session.ts'
import { type Iq, iqError, iqResult } from './stanzas.ts'
import { childOf, type Element, elementsOf, textOf } from './xml/element.ts'
import { type Packet, tag } from './xml/markup.ts'

/** Reads the items of a `publish`; `undefined` when one of them is not a single `notification` with text. */
function readItems(publish: Element, node: string, lane: string): readonly PublishedItem[] | undefined {
  const items: PublishedItem[] = []
  for (const item of elementsOf(publish)) {
    const payload = childOf(item, 'notification')
    if (item.name !== 'item' || payload === undefined || elementsOf(item).length !== 1) return undefined
    if (elementsOf(payload).length > 0) return undefined
    const itemId = item.attributes.get('id') ?? randomName(16)
    items.push({ node, lane, itemId, namespace: payload.ns, text: textOf(payload) })
  }
  return items
}

/**
 * Answers a `publish`, which only `finesse` may send (`notifications 14`). The result is sent when the items were
 * written to every available session, so it means "written" and not just "accepted". It says whether a session of the
 * user to whom the node belongs was among them.
 */
export function answerPublish(hub: Hub, session: BoundSession, iq: Iq, request: Element): Packet | Promise<Packet> {
  if (session.account.kind !== 'gateway') return iqError(iq, session.jid, 'forbidden')
  const publish = childOf(request, 'publish', NS.pubsub)
  const node = publish?.attributes.get('node')
  const lane = childOf(request, 'lane', NS.lane)?.attributes.get('name') ?? ''
  const items = publish === undefined || node === undefined ? undefined : readItems(publish, node, lane)
  if (items === undefined) {
    const detail = tag('invalid-payload', { xmlns: NS.pubsubErrors })
    return iqError(iq, session.jid, 'bad-request', detail)
  }
  return Promise.all(items.map((item) => hub.delivery.publish(item))).then((toOwner) =>
    iqResult(iq, session.jid, tag('written', { xmlns: NS.written, owner: String(toOwner.every(Boolean)) })),
  )
}
