/** What an engine reads, in a form in which a follower and its Finesse can be compared. */
import type { Engine } from '../../src/engine/api.ts'

/** Everything that is read about a user. The documents do not say what became of a call in its queue. */
export function readsOf(engine: Engine, user: string, side?: 'A' | 'B') {
  const dialogs = engine.get.dialogs(user, 'all') ?? []
  return {
    user: engine.get.user(user, side),
    media: engine.get.mediaList(user, side),
    dialogs: dialogs.map((each) => (each.kind === 'call' && each.queue ? { ...each, queue: 'queued' } : each)),
  }
}

/** The state of each actor of a user, by its session id, as the inspector shows it. Presence is not followed. */
export function machinesOf({ inspection }: Engine, user: string): Readonly<Record<string, string>> {
  const states = inspection.present(`user/${user}`).map(({ actorRef }): [string, string] => {
    const snapshot: object = actorRef.getSnapshot()
    return [actorRef.sessionId, leafOf('value' in snapshot ? snapshot.value : '')]
  })
  return inOrder(states.filter(([session]) => !session.includes('/presence:')))
}

/** The same from the reads of the Finesse: what the machines of its follower have to show. */
export function statesOf({ get }: Engine, user: string): Readonly<Record<string, string>> {
  const name = `user/${user}`
  const media = get.mediaList(user) ?? []
  const dialogs = get.dialogs(user, 'all') ?? []
  return inOrder([
    [name, get.user(user)?.state ?? ''],
    ...media.map(({ id, status }): [string, string] => [`${name}/media:${id}`, status?.state ?? '']),
    ...dialogs.flatMap((each): readonly [string, string][] => {
      if (each.kind === 'task') return [[`${name}/media:${each.mrd}/task:${each.id}`, each.state]]
      const call = `${name}/call:${each.id}`
      const legs = each.participants.map(({ user, state }): [string, string] => [`${call}/leg:${user ?? '+'}`, state])
      return [[call, each.state], ...legs]
    }),
  ])
}

/** Parties outside are told apart by numbers, which depend on what was known of the call first. */
function inOrder(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const states = new Map<string, string[]>()
  for (const [session, state] of entries) {
    const name = session.replace(/leg:\+.*/, 'leg:+')
    states.set(name, [...(states.get(name) ?? []), state].sort())
  }
  return Object.fromEntries([...states].map(([name, all]) => [name, all.join()]))
}

const leafOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? leafOf(Object.values(value)[0]) : String(value)
