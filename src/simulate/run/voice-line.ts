/**
 * The waiting line of calls for each group. The built-in ACD can only call extensions and has no queue for voice. So
 * this class routes the calls: the caller who has waited longest goes to the agent who has been ready longest.
 */
import type { Agent } from './agent.ts'
import type { Contact, SimulatedContacts } from './contacts.ts'

export class VoiceLine {
  readonly #contacts: SimulatedContacts
  readonly #agents = new Map<string, Agent[]>()
  readonly #waiting = new Map<string, Contact[]>()
  /** Agents with a submitted call that does not ring yet. */
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

  /**
   * A call rings at the agent, or the agent's state has changed. From now on the state of the agent is reliable again.
   */
  settled(agent: Agent): void {
    this.#rung.delete(agent.user)
  }

  /** Gives a waiting call to an agent who may take one. */
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
      // A cheap check first: most agents became ready later than the best one so far.
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
