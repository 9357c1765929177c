/** Ready-to-use configurations for Prosody and ejabberd, filled in for one deployment. */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgument } from '../../errors/mrdian-error.ts'

/** XMPP servers for which there are configurations. */
export const SERVERS = ['prosody', 'ejabberd'] as const
export type ServerKind = (typeof SERVERS)[number]

/** One deployment. Values stand in quotes in files of other programs: no quotes, no line breaks, no backslashes. */
export interface ServerPlace {
  /** Folder for the files, and for the server's data. Absolute. */
  readonly folder: string
  readonly domain: string
  /** Address and ports on which clients reach the server. */
  readonly host: string
  readonly port: number
  readonly httpPort: number
  /** Account of the engine. */
  readonly user: string
  /** Where the server asks for passwords, for example `http://127.0.0.1:8082/accounts/check`. */
  readonly accounts: string
  /** Command that asks there, for servers that ask a program. */
  readonly authenticate: string
}

/** File in this folder, and file that it becomes. Those that may be run are shell scripts. */
const TEMPLATES: Readonly<Record<ServerKind, readonly (readonly [from: string, to: string])[]>> = {
  prosody: [
    ['prosody/prosody.cfg.lua', 'prosody.cfg.lua'],
    ['prosody/mod_auth_mrdian.lua', 'modules/mod_auth_mrdian.lua'],
    ['prosody/mod_mrdian_roster.lua', 'modules/mod_mrdian_roster.lua'],
  ],
  ejabberd: [
    ['ejabberd/ejabberd.yml', 'ejabberd.yml'],
    ['ejabberd/ejabberdctl.cfg', 'ejabberdctl.cfg'],
    ['ejabberd/shared-roster.sh', 'shared-roster.sh'],
  ],
}

/** Folders without which the server does not start, or complains: data, logs, certificates. */
const FOLDERS: Readonly<Record<ServerKind, readonly string[]>> = {
  prosody: ['certs', 'data', 'modules'],
  ejabberd: ['data', 'log'],
}

/** What a value may consist of: none of it means anything in the files it goes to. */
const HARMLESS = /^[\w ./:@+,=[\]-]+$/

/**
 * Writes the files of one server, over older ones; gives their paths. The folder is made when it is missing.
 *
 * @throws InvalidArgument for a value with characters that would mean something in one of the files.
 */
export async function writeServerFiles(kind: ServerKind, place: ServerPlace): Promise<readonly string[]> {
  const texts = await Promise.all(
    TEMPLATES[kind].map(async ([from, to]) => {
      const template = await readFile(new URL(`./${from}`, import.meta.url), 'utf8')
      return [to, filledIn(template, place)] as const
    }),
  )
  for (const folder of FOLDERS[kind]) await mkdir(join(place.folder, folder), { recursive: true })
  const written: string[] = []
  for (const [name, text] of texts) {
    const path = join(place.folder, name)
    await writeFile(path, text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 })
    written.push(path)
  }
  return written
}

/** Puts values in place of names between `@`. */
function filledIn(template: string, place: ServerPlace): string {
  let text = template
  for (const [name, value] of Object.entries(place)) {
    if (!HARMLESS.test(String(value))) throw new InvalidArgument(`${name} cannot be ${JSON.stringify(value)}`)
    text = text.replaceAll(`@${name}@`, () => String(value))
  }
  return text
}
