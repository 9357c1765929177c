/** Checks that GET returns for each object what its last notification said. */
import { JXT } from 'stanza'
import { z } from 'zod'
import { type Answer, type Client, request } from './client.ts'
import type { Committed, Ledger } from './ledger.ts'
import type { At } from './server-process.ts'

/** Settings of a medium that change without a notification (A2). */
const UNTOLD = ['maxDialogLimit', 'interruptAction', 'dialogLogoutAction']

/** The texts below an element by their paths, which start below the element. */
function leaves(element: JXT.XMLElement, path = ''): Map<string, string> {
  const all = new Map<string, string>()
  let index = 0
  for (const child of element.children) {
    if (typeof child === 'string') {
      all.set(path, child)
      continue
    }
    index += 1
    for (const [key, value] of leaves(child, `${path}/${child.name}${index}`)) all.set(key, value)
  }
  return all
}

function differences(said: JXT.XMLElement, is: JXT.XMLElement, untold: readonly string[]): readonly string[] {
  const [before, after] = [leaves(said), leaves(is)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key) && !untold.some((name) => key.includes(`/${name}`)))
    .map((key) => `${key} was notified as ${before.get(key)} and is ${after.get(key)}`)
}

const rootOf = (element: JXT.XMLElement): JXT.XMLElement | undefined =>
  element.children.find((child) => typeof child !== 'string')

function child(element: JXT.XMLElement | undefined, name: string): JXT.XMLElement | undefined {
  return element?.children.find((each): each is JXT.XMLElement => typeof each !== 'string' && each.name === name)
}

/** The last notification about each object. */
function lastWords(ledger: Ledger): ReadonlyMap<string, Committed> {
  const last = new Map<string, Committed>()
  for (const made of ledger.committed.values()) {
    const { value, shape, node } = made.notification
    if (shape === 'summary') continue
    if (value.kind === 'user') last.set(`User/${value.id}`, made)
    if (value.kind === 'media') last.set(`User/${value.user}/Media/${value.id}`, made)
    if (value.kind === 'task') last.set(`Dialog/${value.id}`, made)
    // Each party gets the notifications of a call on its own node. The last one is the same for all.
    if (value.kind === 'call' && node.endsWith('/Dialogs')) last.set(`Dialog/${value.id}`, made)
  }
  return last
}

/** The differences between the answer of a GET and the last notification. */
function unlike(path: string, { notification, text }: Committed, { status, body }: Answer): readonly string[] {
  const { value, event } = notification
  if (event === 'DELETE') {
    // A call continues for the other party when one party has left.
    return value.kind === 'task' && status !== 404 ? [`${path} was removed and answers ${status}`] : []
  }
  if (value.kind === 'call' && status === 404) return []
  if (status !== 200) return [`${path} answers ${status}, the last notification was ${text}`]
  if (value.kind === 'task' && body.includes('<state>INTERRUPTED<')) return []
  const data = child(JXT.parse(text), 'data')
  const inner = data && rootOf(data)
  const said = inner?.name === 'dialogs' ? rootOf(inner) : inner
  if (!said) return [`${path}: the last notification was ${text}`]
  // The restore after an interrupt changes `stateChangeTime` without a notification (D12, D13).
  const untold = value.kind === 'task' && value.mrd !== '5002' ? [...UNTOLD, 'stateChangeTime'] : UNTOLD
  return differences(said, JXT.parse(body), untold).map((each) => `${path}: ${each}`)
}

/** Reads each object with a notification after `position`, and all users and media, and compares. */
export async function readsWrong(at: At, ledger: Ledger, position: number): Promise<readonly string[]> {
  const words = [...lastWords(ledger)].filter(([path, made]) => path.startsWith('User/') || made.position > position)
  const found = await Promise.all(
    words.map(async ([path, made]) => {
      const user = path.startsWith('User/') ? path.split('/')[1] : made.lane.slice('A:user/'.length)
      return unlike(path, made, await request(at, `${user}:secret`, 'GET', `/finesse/api/${path}`))
    }),
  )
  return found.flat()
}

const explanation = z.object({
  timeline: z.object({
    episodes: z.array(
      z.object({
        at: z.number(),
        notifications: z.array(
          z.object({ itemId: z.string().nullable(), node: z.string(), delivery: z.string(), text: z.string() }),
        ),
      }),
    ),
  }),
})

/** Notifications so shortly before or after an agent's disconnect may be lost on the way. In ms. */
const GOING = 2000

/**
 * Checks that each notification that `explain` calls delivered has arrived in some session of the agent. `going`: see `GOING`.
 */
export async function explanationsWrong(
  at: At,
  ledger: Ledger,
  clients: readonly Client[],
  going = GOING,
): Promise<readonly string[]> {
  const found = await Promise.all(
    clients.map(async ({ user, sessions }) => {
      const { status, body } = await request(at, 'admin:secret', 'GET', `/acd/explain/${user}?limit=500`)
      if (status !== 200) return [`explain ${user} answers ${status} ${body}`]
      const arrived = new Set(sessions.flatMap(({ items }) => items.map(({ id }) => id)))
      const left = ledger.notes.flatMap(({ aggregate, input, at: time }) => {
        const hasGone = input.kind === 'user' && input.event.type === 'PRESENCE' && !input.event.available
        return hasGone && aggregate === `user/${user}` ? [time] : []
      })
      return explanation.parse(JSON.parse(body)).timeline.episodes.flatMap(({ at: said, notifications }) =>
        notifications.flatMap(({ itemId, node, delivery, text }) => {
          if (delivery !== 'delivered' || itemId === null || arrived.has(itemId)) return []
          if (!`${node}/`.startsWith(`/finesse/api/User/${user}/`)) return []
          if (left.some((time) => Math.abs(time - said) < going)) return []
          return [`explain says that ${itemId} was delivered, but it has not arrived with ${user}: ${text}`]
        }),
      )
    }),
  )
  return found.flat()
}

/** Checks that each reserved task has its own dialog, and that the dialog is with the task's agent. */
export async function tasksWrong(at: At): Promise<readonly string[]> {
  const answer = await request(at, 'admin:secret', 'GET', '/acd/tasks?state=reserved')
  if (answer.status !== 200) return [`GET /acd/tasks answers ${answer.status}`]
  const tasks: unknown = JSON.parse(answer.body)
  if (!Array.isArray(tasks)) return ['GET /acd/tasks does not answer with a list']
  const holders = new Map<string, string>()
  const wrong: string[] = []
  for (const each of tasks) {
    const { id, dialogId, agentId }: { id?: unknown; dialogId?: unknown; agentId?: unknown } = Object(each)
    const other = holders.get(String(dialogId))
    if (other !== undefined) wrong.push(`tasks ${other} and ${String(id)} share dialog ${String(dialogId)}`)
    holders.set(String(dialogId), String(id))
    const { status } = await request(at, `${String(agentId)}:secret`, 'GET', `/finesse/api/Dialog/${String(dialogId)}`)
    if (status !== 200)
      wrong.push(`task ${String(id)} is with ${String(agentId)}, whose dialog ${String(dialogId)} answers ${status}`)
  }
  return wrong
}
