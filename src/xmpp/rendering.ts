import type { Directory } from '../directory/model.ts'
import type { Notification } from '../engine/values.ts'
import { renderUpdate } from '../finesse/update.ts'

/** Writes a notification as its `Update` document, XML without declaration. */
export type Render = (notification: Notification) => string

/** Finesse's own form of the document, with the domain as primary host. */
export function finesseRendering(domain: string, pubsubDomain: string, directory: () => Directory): Render {
  return (notification) => {
    const { platform } = directory()
    return renderUpdate(notification, { primaryHost: domain, xmppDomain: domain, pubsubDomain, platform })
  }
}
