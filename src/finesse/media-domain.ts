/** Media routing domains on the wire, voice among them. No source describes their form, so all of it is ours. */
import type { MediaRoutingDomain } from '../directory/model.ts'
import { leaf, list, parent } from './xml.ts'

export function renderMediaDomain({ id, name, description, interruptible }: MediaRoutingDomain): string {
  return parent(
    'MediaDomain',
    leaf('description', description),
    leaf('id', id),
    leaf('interruptible', interruptible),
    leaf('name', name),
    leaf('uri', `/finesse/api/MediaDomain/${id}`),
  )
}

export function renderMediaDomains(domains: readonly MediaRoutingDomain[]): string {
  return list('MediaDomains', domains.map(renderMediaDomain))
}
