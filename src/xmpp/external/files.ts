/** Writes ready-to-use configurations of Prosody and ejabberd for one deployment. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgument } from '../../errors/mrdian-error.ts'

/** XMPP servers that have configurations here. */
export const SERVERS = ['prosody', 'ejabberd'] as const
export type ServerKind = (typeof SERVERS)[number]

/**
 * One deployment. The values are put between quotes in files of other programs, so they must not contain quotes, line
 * breaks or backslashes.
 */
export interface ServerPlace {
  /** Folder for the files and for the server's data; an absolute path. */
  readonly folder: string
  readonly domain: string
  /** Address and ports on which clients reach the server. */
  readonly host: string
  readonly port: number
  readonly httpPort: number
  /** Name of the engine's account. */
  readonly user: string
  /** URL at which the server checks passwords, for example `http://127.0.0.1:8082/accounts/check`. */
  readonly accounts: string
  /** Command that checks passwords at that URL, for servers that call a program. */
  readonly authenticate: string
}

/** Each template in this folder, and the file that it becomes. Shell scripts become executable. */
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

/** Folders that the server needs, or it does not start or logs warnings. */
const FOLDERS: Readonly<Record<ServerKind, readonly string[]>> = {
  prosody: ['certs', 'data', 'modules'],
  ejabberd: ['data', 'log'],
}

/** Characters that a value may contain. None of them has a special meaning in the files. */
const HARMLESS = /^[\w ./:@+,=[\]-]+$/

/**
 * Writes the files of one server and overwrites older ones. Creates the folder if it is missing. Resolves with the
 * paths.
 *
 * @throws InvalidArgument for a value with a character that could have a special meaning in one of the files.
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

/** Replaces each `@name@` by its value. */
function filledIn(template: string, place: ServerPlace): string {
  let text = template
  for (const [name, value] of Object.entries(place)) {
    if (!HARMLESS.test(String(value))) throw new InvalidArgument(`${name} cannot be ${JSON.stringify(value)}`)
    text = text.replaceAll(`@${name}@`, () => String(value))
  }
  return text
}
