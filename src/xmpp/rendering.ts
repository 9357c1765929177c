import type { Reads } from '../engine/api.ts'
import type { Notification } from '../engine/values.ts'
import type { AuthMode } from '../finesse/system-info.ts'
import { renderUpdate } from '../finesse/update.ts'

/** Writes a notification as its `Update` document, XML without declaration. */
export type Render = (notification: Notification) => string

/** Host names of both sides, as SystemInfo shows them. */
export interface Hosts {
  readonly primary: string
  readonly secondary?: string | undefined
}

/** Renders the documents of Finesse 12.5. Without `hosts` the domain is the primary host. */
export function finesseRendering(
  domain: string,
  pubsubDomain: string,
  engine: { readonly get: Pick<Reads, 'directory' | 'queue'> },
  { primary, secondary }: Hosts = { primary: domain },
  authMode: AuthMode = 'NON_SSO',
): Render {
  const hosts = { primaryHost: primary, authMode, ...(secondary === undefined ? {} : { secondaryHost: secondary }) }
  return (notification) => {
    const { platform, settings } = engine.get.directory()
    const { timeZone } = settings
    const queue = (id: string) => engine.get.queue(id)
    return renderUpdate(notification, { ...hosts, xmppDomain: domain, pubsubDomain, platform, timeZone, queue })
  }
}
