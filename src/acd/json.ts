/** Reads and checks request bodies and query strings. */
import type { z } from 'zod'
import { ControlRefusal } from './refusal.ts'

type Issue = z.core.$ZodIssue

/** Largest request body, in bytes. */
export const MAX_BODY = 64 * 1024

/** The value of a body. Throws `ControlRefusal` when the body is not JSON in UTF-8. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's own message quotes the body. It may contain call variables, which must not be repeated.
    throw new ControlRefusal(
      'MALFORMED_JSON',
      'body',
      bytes.length === 0 ? 'the body is empty' : 'the body is not JSON',
    )
  }
}

/** The value as the schema describes it. Throws `ControlRefusal`, which names the first problem. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, where: 'body' | 'query'): T {
  if (where === 'body' && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw new ControlRefusal('MALFORMED_JSON', 'body', 'the body has to be a JSON object')
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw issue === undefined
    ? new ControlRefusal('INVALID_PARAMETER', where, 'the request is not valid')
    : refusalFor(issue)
}

function refusalFor(issue: Issue): ControlRefusal {
  const name = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const key = shortened([...issue.path.map(String), ...issue.keys.slice(0, 1)].join('.'))
    return new ControlRefusal('UNKNOWN_PARAMETER', key, `there is no parameter ${key}`)
  }
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues
    return new ControlRefusal('INVALID_PARAMETER', shortened(name), inner?.message ?? 'this name is not allowed')
  }
  if (issue.input === undefined)
    return new ControlRefusal('MISSING_PARAMETER', name, `the parameter ${name} is missing`)
  return new ControlRefusal(
    'INVALID_PARAMETER',
    shortened(name),
    `the parameter ${shortened(name)} is wrong: ${issue.message}`,
  )
}

const LONGEST_NAME = 80

/** Shortens a parameter name that the caller sent, because the refusal repeats it. */
function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
}
