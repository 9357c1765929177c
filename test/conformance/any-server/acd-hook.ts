/**
 * The hook for mrdian: passes requests on to `/acd`. The administrator comes from `MRDIAN_USER` and `MRDIAN_PASSWORD`
 * (`admin`, `secret`), the server from `CONFORMANCE_REST`.
 */
import { createInterface } from 'node:readline'

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: object
}

const { CONFORMANCE_REST = 'http://127.0.0.1:8082', MRDIAN_USER = 'admin', MRDIAN_PASSWORD = 'secret' } = process.env
const authorization = `Basic ${Buffer.from(`${MRDIAN_USER}:${MRDIAN_PASSWORD}`).toString('base64')}`

async function ask({ method, path, body }: Request): Promise<Answer> {
  const response = await fetch(`${CONFORMANCE_REST}/acd${path}`, {
    method,
    headers: {
      authorization,
      // A kept connection may be closed by the server at the moment at which it is used again.
      connection: 'close',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}

interface Answer {
  readonly status: number
  readonly body: object
}

interface Listed {
  readonly id: string
  readonly state: string
}

const listed = async (path: string): Promise<readonly Listed[]> =>
  Object.values((await ask({ method: 'GET', path })).body)

/** Tasks from before the last reset. */
const old = new Set<string>()

/** Numbers outside answer again as on a fresh server. */
async function resetNetwork(): Promise<void> {
  const { body } = await ask({ method: 'GET', path: '/network' })
  const numbers = 'numbers' in body && typeof body.numbers === 'object' ? Object.keys(body.numbers ?? {}) : []
  const none = Object.fromEntries(numbers.map((number) => [number, null]))
  await ask({ method: 'POST', path: '/network', body: { default: { outcome: 'answer' }, numbers: none } })
}

/** Ends what nobody works on: tasks that wait, and calls. */
async function reset(): Promise<Answer> {
  await resetNetwork()
  for (const { id } of await listed('/calls'))
    await ask({ method: 'POST', path: `/calls/${id}`, body: { action: 'HANGUP' } })
  for (const { id, state } of await listed('/tasks')) {
    if (state === 'queued') await ask({ method: 'DELETE', path: `/tasks/${id}` })
    old.add(id)
  }
  return { status: 200, body: {} }
}

const newTasks = async (path: string): Promise<Answer> => ({
  status: 200,
  body: (await listed(path)).filter(({ id }) => !old.has(id)),
})

function answerTo(request: Request): Promise<Answer> {
  if (request.path === '/reset') return reset()
  return /^\/tasks(?:\?|$)/.test(request.path) && request.method === 'GET' ? newTasks(request.path) : ask(request)
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answerTo(JSON.parse(line)))}\n`)
}
