/** Requests that commands send to `/acd` of a running server. */
import { StartFailure } from './start-failure.ts'

export interface AcdPlace {
  readonly server: URL
  readonly user: string
  readonly password: string
}

export interface AcdAnswer {
  readonly ok: boolean
  readonly status: number
  /** `undefined` if the body is not JSON. */
  readonly json: unknown
}

/** Sends a request. Throws `StartFailure` if there is no answer within `patience` milliseconds. */
export async function askAcd(
  { server, user, password }: AcdPlace,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  patience: number,
): Promise<AcdAnswer> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  try {
    const response = await fetch(new URL(`acd/${path}`, server), {
      method,
      headers: { authorization },
      // The credentials must not go to another server.
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    })
    return { ok: response.ok, status: response.status, json: parsed(await response.text()) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new StartFailure(`${server.origin} cannot be reached: ${wordsOf(cause)}; another server: --server URL`)
  }
}

/** The message for a refused sign-in; `undefined` for other errors. */
export function notLetIn(error: string, { user }: Pick<AcdPlace, 'user'>): string | undefined {
  if (error === 'UNAUTHENTICATED') return `the password of ${user} is not right, or there is no such account`
  return error === 'FORBIDDEN' ? `${user} is no administrator` : undefined
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
