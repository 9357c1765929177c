/** Addresses (`notifications 2`). */

/** A parsed JID. `local` and `domain` are in lower case, because they compare without case (`notifications 2.2`). */
export interface Jid {
  /** `''` for an address without local part. */
  readonly local: string
  readonly domain: string
  /** `''` for a bare JID. */
  readonly resource: string
}

const PART_BYTES = 1023

function isPart(part: string): boolean {
  return Buffer.byteLength(part) <= PART_BYTES
}

/** Parses a JID; `undefined` if invalid (empty part, part over 1023 bytes, white space in local part or domain). */
export function parseJid(text: string): Jid | undefined {
  const slash = text.indexOf('/')
  const bare = slash < 0 ? text : text.slice(0, slash)
  const resource = slash < 0 ? '' : text.slice(slash + 1)
  const at = bare.indexOf('@')
  const local = at < 0 ? '' : bare.slice(0, at)
  const domain = bare.slice(at + 1)
  if (domain === '' || at === 0 || (slash >= 0 && resource === '')) return undefined
  if (domain.includes('@') || /\s/.test(bare) || ![local, domain, resource].every(isPart)) return undefined
  return { local: local.toLowerCase(), domain: domain.toLowerCase(), resource }
}

export function formatJid(jid: Jid): string {
  const bare = jid.local === '' ? jid.domain : `${jid.local}@${jid.domain}`
  return jid.resource === '' ? bare : `${bare}/${jid.resource}`
}

/** Is it a valid resource? Every text of 1 to 1023 bytes is (`notifications 2.5`). */
export function isResource(resource: string): boolean {
  return resource !== '' && isPart(resource)
}

/** Local part for an account name: in lower case, with characters that it cannot contain escaped (XEP-0106). */
export function localPartOf(name: string): string {
  return name
    .toLowerCase()
    .replace(
      /[ "&'/:<>@]|\\(?=[0-9a-f]{2})/g,
      (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
}
