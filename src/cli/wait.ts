/** Waits until a server is in service, by its `/health`. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { StartFailure } from './start-failure.ts'

const PAUSE_MS = 100
/** If a server accepts a connection but does not answer, it is asked again after this time. */
const ANSWER_MS = 5000

const healthShape = z.looseObject({ status: z.string(), reason: z.string().optional() })

export type Seen = { readonly health: z.infer<typeof healthShape> } | { readonly problem: string }

const SILENT: Seen = { problem: 'it does not answer' }

/**
 * Resolves when the server at `url` is in service. Rejects with `StartFailure` after `within` milliseconds; its message
 * contains the last answer.
 */
export async function waitForService(url: string, token: string | undefined, within: number) {
  const begin = performance.now()
  let before: Seen = SILENT
  for (;;) {
    const left = within - (performance.now() - begin)
    const seen = await look(url, token, Math.max(1, Math.min(ANSWER_MS, left)))
    const milliseconds = performance.now() - begin
    if ('health' in seen && seen.health.status === 'IN_SERVICE') return { health: seen.health, milliseconds }
    if (milliseconds + PAUSE_MS >= within) {
      // The last request may have had too little time for an answer. Then the one before it counts.
      const last = seen === SILENT && left < ANSWER_MS ? before : seen
      throw new StartFailure(`${url} is not in service after ${Math.round(within / 1000)} s: ${wordsOf(last)}`)
    }
    before = seen
    await pause(PAUSE_MS)
  }
}

const wordsOf = (seen: Seen) =>
  'problem' in seen ? seen.problem : `${seen.health.status}${seen.health.reason ? `, ${seen.health.reason}` : ''}`

/** The answer of `/health`, or why there is none. `patience`: milliseconds. */
export async function look(url: string, token: string | undefined, patience: number): Promise<Seen> {
  try {
    const place = new URL(url)
    place.pathname = '/health'
    const answer = await fetch(place, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(Math.ceil(patience)),
    })
    if (answer.status === 401) return { problem: 'it requires its token in MRDIAN_METRICS_TOKEN' }
    const health = healthShape.safeParse(await answer.json())
    return health.success ? { health: health.data } : { problem: 'it is not a mrdian server' }
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: 'it is not a mrdian server' }
    if (error instanceof Error && error.name === 'TimeoutError') return SILENT
    return { problem: 'nothing listens there' }
  }
}
