/** Replaces the directory while the server runs. */
import { z } from 'zod'
import { checked } from './json.ts'
import { type Call, type Operation, ok } from './operation.ts'
import { ControlRefusal } from './refusal.ts'

/** Largest directory in a body, in bytes: about forty thousand users. A larger one can only be read from its file. */
export const MAX_DIRECTORY = 16 * 1024 * 1024

/** Content types of a directory. One parser reads all of them, because JSON is also YAML. */
export const DIRECTORY_TYPES = [
  'application/json',
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
  'text/plain',
]

/** The text of a body. Throws `ControlRefusal` when it is not UTF-8. */
export function directoryText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ControlRefusal('MALFORMED_REQUEST', 'body', 'a directory is text in UTF-8')
  }
}

const reloadQuery = z.strictObject({
  confirmRemovals: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .default(false),
})

/** Takes the directory in the body; without a body reads the server's own source again. Answers when it is in force. */
async function reload({ directory, query, body, origin }: Call) {
  const { confirmRemovals } = checked(reloadQuery, query, 'query')
  if (directory === undefined)
    throw new ControlRefusal('NO_DIRECTORY_SOURCE', '', 'the program that embeds this server manages its directory')
  // A body of white space (as YAML defines it, not JavaScript) counts as no body.
  const text = typeof body === 'string' && /[^ \t\r\n]/.test(body) ? body : undefined
  return ok(await directory.reload(text, origin, { confirmRemovals }))
}

export const DIRECTORY_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/directory', body: 'directory', takesQuery: true, run: reload },
]
