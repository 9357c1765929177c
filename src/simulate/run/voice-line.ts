/**
 * The line of callers of each group. The built-in ACD rings at extensions and has no line for voice; so this is the
 * router before it: longest ready agent first, and whoever waits longest.
 */
import type { Agent } from './agent.ts'
import type { Contact, SimulatedContacts } from './contacts.ts'

export class VoiceLine {
  readonly #contacts: SimulatedContacts
  readonly #agents = new Map<string, Agent[]>()
  readonly #waiting = new Map<string, Contact[]>()
  /** Agents with a call on its way that has not rung yet. */
  readonly #rung = new Set<string>()

  constructor(contacts: SimulatedContacts) {
    this.#contacts = contacts
    contacts.callArrived = (contact) => this.#arrived(contact)
  }

  add(agent: Agent): void {
    const { name } = agent.member.group
    const group = this.#agents.get(name)
    if (group) group.push(agent)
    else this.#agents.set(name, [agent])
  }

  /** The call has rung, or the agent changed: it is known again whether calls may come. */
  settled(agent: Agent): void {
    this.#rung.delete(agent.user)
  }

  /** An agent may take a call. */
  free(agent: Agent): void {
    if (this.#rung.has(agent.user)) return
    const line = this.#waiting.get(agent.member.group.name) ?? []
    for (let contact = line.shift(); contact; contact = line.shift())
      if (contact.state === 'QUEUED') return this.#ring(contact, agent)
  }

  #arrived(contact: Contact): void {
    const group = contact.arrival.group ?? ''
    let best: Agent | undefined
    let longest = Number.POSITIVE_INFINITY
    for (const agent of this.#agents.get(group) ?? []) {
      // Most were ready later than the best so far: no need to look closer.
      if (agent.readySince >= longest || this.#rung.has(agent.user)) continue
      const since = agent.waitsForCallSince
      if (since === undefined) continue
      best = agent
      longest = since
    }
    if (best) return this.#ring(contact, best)
    const line = this.#waiting.get(group)
    if (line) line.push(contact)
    else this.#waiting.set(group, [contact])
  }

  #ring(contact: Contact, agent: Agent): void {
    this.#rung.add(agent.user)
    this.#contacts.ring(contact, agent.extension)
  }
}
