/** The rescue at the end of a run: faults end, all agents connect and work, and all open tasks and calls must end. */
import { tasksOf } from './checks.ts'
import type { Client } from './client.ts'
import { DIRECT } from './requests.ts'
import type { World } from './script.ts'
import type { Simulation } from './simulation.ts'

/** Milliseconds until all clients are back: the longest grace period plus the longest wait of a client. */
const CALM = 140_000
/** Rounds of work, of one second each, in which every open task and call must end. */
const ROUNDS_PER_TASK = 8
const ROUNDS_LEAST = 60

const media = (inner: string) => `<Media>${inner}</Media>`
const user = (inner: string) => `<User>${inner}</User>`

export class Rescue {
  readonly #sim: Simulation
  readonly #world: World

  constructor(sim: Simulation, world: World) {
    this.#sim = sim
    this.#world = world
  }

  /** Ends all faults and lets all agents work. What is still open then is a finding. */
  async run(): Promise<void> {
    const sim = this.#sim
    const { clock, disk, service, outside } = sim
    await clock.advanceTo(clock.now() + 1000)
    disk.refuses = false
    disk.cut = ''
    sim.deaths = []
    service.cutSend = false
    service.mood = ''
    sim.serviceBack()
    if (outside) outside.transfers = 'confirm'
    await clock.advanceTo(clock.now() + CALM)
    const faults = sim.engine?.get.faults() ?? []
    for (const fault of faults)
      sim.ask('customer', 'POST', '/acd/faults', JSON.stringify({ type: fault.type, up: true }), DIRECT)
    for (const client of sim.clients) sim.connect(client)
    await clock.advanceTo(clock.now() + 5000)
    for (const client of sim.clients) await this.#wake(client)
    const rounds = ROUNDS_LEAST + ROUNDS_PER_TASK * this.#open().length
    for (let round = 0; round < rounds && this.#open().length > 0; round += 1) {
      // A sign-out that waited for the end of a call happens only now.
      for (const client of sim.clients)
        if (sim.engine?.get.user(client.user)?.state === 'LOGOUT') await this.#wake(client)
      this.#work()
      await clock.advanceTo(clock.now() + 1000)
    }
    for (const what of this.#open()) sim.findings.add('nobody-stuck', what)
    // By then, refused notifications have had their last attempt.
    await clock.advanceTo(clock.now() + 30_000)
  }

  /** Signs in to all media and becomes ready. */
  async #wake(client: Client): Promise<void> {
    const { clock } = this.#sim
    const signIn = '<state>LOGIN</state><maxDialogLimit>10</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
    this.#own(client, '', user(`<state>LOGIN</state><extension>${client.user}</extension>`))
    for (const { id } of this.#world.media) {
      this.#own(client, `/Media/${id}`, media(signIn))
      await clock.advanceTo(clock.now() + 1)
      this.#own(client, `/Media/${id}`, media('<state>ACTIVE</state>'))
      await clock.advanceTo(clock.now() + 1)
      this.#own(client, `/Media/${id}`, media('<state>READY</state>'))
      await clock.advanceTo(clock.now() + 1)
      this.#own(client, `/Media/${id}`, media('<routable>true</routable>'))
    }
    await clock.advanceTo(clock.now() + 10)
  }

  /** Every agent takes the next action on each of its dialogs. */
  #work(): void {
    const { engine, clients } = this.#sim
    if (!engine) return
    for (const client of clients) {
      for (const dialog of tasksOf(engine.get, client.user)) {
        const action = dialog.actions.includes('CLOSE') ? 'CLOSE' : dialog.actions[0]
        if (action && dialog.state !== 'INTERRUPTED')
          this.#do(client, dialog.id, `<requestedAction>${action}</requestedAction>`)
      }
      for (const { id } of engine.get.dialogs(client.user, 'voice') ?? [])
        for (const action of ['ANSWER', 'DROP'])
          this.#do(
            client,
            id,
            `<requestedAction>${action}</requestedAction><targetMediaAddress>${client.user}</targetMediaAddress>`,
          )
      // A start time-out makes the medium not routable.
      for (const { id } of this.#world.media)
        if (engine.get.media(client.user, id).status?.routable === false)
          this.#own(client, `/Media/${id}`, media('<routable>true</routable>'))
    }
  }

  #do(client: Client, dialog: string, inner: string): void {
    this.#sim.ask(client.user, 'PUT', `/finesse/api/Dialog/${dialog}`, `<Dialog>${inner}</Dialog>`, DIRECT)
  }

  /** Descriptions of what is still open. */
  #open(): readonly string[] {
    const { engine, outside, clients, audit } = this.#sim
    if (!engine) return ['the system is not up']
    const tasks = engine.acd?.tasks().filter(({ state }) => state === 'queued' || state === 'reserved') ?? []
    const calls = clients.flatMap(({ user: id }) => engine.get.dialogs(id, 'voice') ?? [])
    return [
      ...tasks.map(({ id, state }) => `task ${id} is ${state}`),
      ...(outside?.open ?? []).map(({ id, state }) => `task ${id} is ${state}`),
      ...calls.map(({ id }) => `call ${id} goes on`),
      ...[...audit.openDialogs].map((id) => `dialog ${id} is open`),
    ]
  }

  #own(client: Client, path: string, body: string): void {
    this.#sim.ask(client.user, 'PUT', `/finesse/api/User/${client.user}${path}`, body, DIRECT)
  }
}
