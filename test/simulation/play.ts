/** Plays a script: what each step does. */

import { Client } from './client.ts'
import { CutFiles } from './cut-files.ts'
import { knock } from './dead-sockets.ts'
import { REASONS } from './directory.ts'
import { disaster } from './disasters.ts'
import type { Finding } from './findings.ts'
import { DIRECT } from './requests.ts'
import { Rescue } from './rescue.ts'
import type { Net, Script, Step } from './script.ts'
import { Failure, type Sabotage, Simulation, START } from './simulation.ts'

export interface Outcome {
  /** The first findings. Empty when every check passed. */
  readonly findings: readonly Finding[]
  readonly journalHash: string
  readonly transcriptHash: string
  readonly transcript: readonly string[]
  /** The last rows of the journal, each with the notifications that it caused. */
  readonly trail: readonly string[]
  readonly cells: ReadonlySet<string>
  readonly faults: Readonly<Record<string, number>>
  readonly rows: number
  /** Simulated time in milliseconds. */
  readonly simulated: number
  readonly agents: number
}

/** Numbers outside, by the way in which they answer. */
const OUTSIDE = { talks: '55501', busy: '55502', bad: '55503', silent: '55504' } as const
const NETWORK = JSON.stringify({
  numbers: {
    [OUTSIDE.talks]: { outcome: 'answer', ringSeconds: 3, talkSeconds: 40 },
    [OUTSIDE.busy]: { outcome: 'busy' },
    [OUTSIDE.bad]: { outcome: 'bad-number' },
    [OUTSIDE.silent]: { outcome: 'no-answer' },
  },
})

const media = (inner: string) => `<Media>${inner}</Media>`
const user = (inner: string) => `<User>${inner}</User>`

class Player {
  readonly #sim: Simulation
  readonly #script: Script
  readonly #files: CutFiles

  constructor(sim: Simulation, script: Script) {
    this.#sim = sim
    this.#script = script
    this.#files = new CutFiles(sim, script.world)
  }

  async play(): Promise<void> {
    const { clock } = this.#sim
    this.#sim.start()
    await clock.advanceTo(START)
    const dials = this.#script.steps.some(({ step }) => step.do === 'dial' || step.do === 'line')
    if (dials && !this.#script.world.outside) this.#sim.ask('customer', 'POST', '/acd/network', NETWORK, DIRECT)
    for (const { after, step } of this.#script.steps) {
      await clock.advanceTo(clock.now() + after)
      if (step.do === 'pass') await clock.advanceTo(clock.now() + step.ms)
      else await this.#outOfTime(step)
    }
    await new Rescue(this.#sim, this.#script.world).run()
    await this.#sim.end()
  }

  /** Steps with real files and sockets take no simulated time. */
  async #outOfTime(step: Step): Promise<void> {
    if (step.do === 'reload') await this.#files.reload(step)
    else if (step.do === 'sockets') await knock(this.#sim, step)
    else this.#take(step)
  }

  #client(index: number): Client | undefined {
    const { clients } = this.#sim
    return clients[index % clients.length]
  }

  #take(step: Step): void {
    const sim = this.#sim
    switch (step.do) {
      case 'user.signIn': {
        const client = this.#client(step.agent)
        const extension = step.foreign ? '999' : client?.user
        return this.#own(client, '', user(`<state>LOGIN</state><extension>${extension}</extension>`), step.net)
      }
      case 'user.state': {
        const { state } = step
        const why = step.reason && (state === 'NOT_READY' || state === 'LOGOUT')
        const reason = why ? `<reasonCodeId>${REASONS[state]}</reasonCodeId>` : ''
        return this.#own(this.#client(step.agent), '', user(`<state>${state}</state>${reason}`), step.net)
      }
      case 'media.signIn': {
        const { limit, answer, atSignOut } = step
        const settings = `<maxDialogLimit>${limit}</maxDialogLimit><interruptAction>${answer}</interruptAction>`
        const body = `<state>LOGIN</state>${settings}<dialogLogoutAction>${atSignOut}</dialogLogoutAction>`
        return this.#own(this.#client(step.agent), `/Media/${step.mrd}`, media(body), step.net)
      }
      case 'media.state': {
        const { state } = step
        const why = step.reason && (state === 'NOT_READY' || state === 'LOGOUT')
        const reason = why ? `<reasonCodeId>${REASONS[state]}</reasonCodeId>` : ''
        return this.#own(
          this.#client(step.agent),
          `/Media/${step.mrd}`,
          media(`<state>${state}</state>${reason}`),
          step.net,
        )
      }
      case 'media.routable':
        return this.#own(
          this.#client(step.agent),
          `/Media/${step.mrd}`,
          media(`<routable>${step.routable}</routable>`),
          step.net,
        )
      case 'act':
      case 'wild':
      case 'call':
        return this.#act(step)
      case 'dial':
        return this.#dial(step)
      case 'line':
        return this.#line(step)
      case 'supervise': {
        const [by, of] = [this.#client(step.by), this.#client(step.agent)]
        if (by && of && by !== of)
          sim.ask(by.user, 'PUT', `/finesse/api/User/${of.user}`, user(`<state>${step.state}</state>`), step.net)
        return
      }
      case 'stranger': {
        const client = this.#client(step.agent)
        sim.count('wrong password')
        if (client) sim.ask(client.user, 'GET', `/finesse/api/User/${client.user}`, '', step.net, undefined, 'wrong')
        return
      }
      case 'connect': {
        const client = this.#client(step.agent)
        if (client) sim.connect(client)
        return
      }
      case 'disconnect': {
        const client = this.#client(step.agent)
        if (!client?.session) return
        const { session } = client
        client.wanted = false
        client.session = undefined
        sim.clock.in(step.noticed, () => sim.service.leave(session))
        return
      }
      case 'stale':
        return this.#stale(this.#client(step.agent), step.back)
      default:
        return this.#surroundings(step)
    }
  }

  #own(client: Client | undefined, path: string, body: string, net: Net): void {
    if (client) this.#sim.ask(client.user, 'PUT', `/finesse/api/User/${client.user}${path}`, body, net)
  }

  #act(step: Extract<Step, { do: 'act' | 'wild' | 'call' }>): void {
    // The first agent with a dialog, from this agent on.
    const kind = step.do === 'call' ? 'call' : 'task'
    const { clients } = this.#sim
    const busy = clients.map((_, offset) => this.#client(step.agent + offset)).find((each) => each?.seen(kind).length)
    const client = busy ?? this.#client(step.agent)
    const seen = client?.seen(kind) ?? []
    const dialog = seen[step.pick % Math.max(1, seen.length)]
    if (!client || !dialog) return
    const action = step.do === 'act' ? Client.choose(dialog, step.choice) : step.action
    if (!action) return
    const target =
      step.do === 'call' ? `<targetMediaAddress>${client.user}</targetMediaAddress>` : `<target>${step.target}</target>`
    const body = `<Dialog><requestedAction>${action}</requestedAction>${target}</Dialog>`
    this.#sim.ask(client.user, 'PUT', `/finesse/api/Dialog/${dialog.id}`, body, step.net)
  }

  #numberOf({ to, other }: Extract<Step, { do: 'dial' | 'line' }>): string {
    return to === 'agent' ? (this.#client(other)?.user ?? '') : OUTSIDE[to]
  }

  #dial(step: Extract<Step, { do: 'dial' }>): void {
    const client = this.#client(step.agent)
    if (!client) return
    const [from, to] = [client.user, this.#numberOf(step)]
    const body = `<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>${from}</fromAddress><toAddress>${to}</toAddress></Dialog>`
    this.#sim.ask(client.user, 'POST', `/finesse/api/User/${client.user}/Dialogs`, body, step.net)
  }

  /** The first agent with a call that allows the action, from this agent on. */
  #line(step: Extract<Step, { do: 'line' }>): void {
    const { action } = step
    const seenBy = (client: Client | undefined) => client?.seen('call').filter(({ own }) => own.includes(action)) ?? []
    const { clients } = this.#sim
    const client = clients.map((_, offset) => this.#client(step.agent + offset)).find((each) => seenBy(each).length > 0)
    const calls = seenBy(client)
    const call = calls[step.pick % Math.max(1, calls.length)]
    if (!client || !call) return
    const dials = action === 'CONSULT_CALL' || action === 'TRANSFER_SST'
    const to = dials ? `<toAddress>${this.#numberOf(step)}</toAddress>` : ''
    const target = action === 'PARTICIPANT_DROP' ? this.#client(step.other)?.user : client.user
    const inner = `<requestedAction>${action}</requestedAction><targetMediaAddress>${target}</targetMediaAddress>${to}`
    this.#sim.ask(client.user, 'PUT', `/finesse/api/Dialog/${call.id}`, `<Dialog>${inner}</Dialog>`, step.net)
  }

  /** `back` 0: reports the newest session as available again. Otherwise reports an older session as gone again. */
  #stale(client: Client | undefined, back: number): void {
    if (!client) return
    const session = client.sessions.at(-1 - back)
    if (session === undefined) return
    const isThere = this.#sim.service.has(session)
    if (back === 0 && isThere) this.#sim.service.repeat(client.user, session, true)
    else if (!isThere) this.#sim.service.repeat(client.user, session, false)
    this.#sim.count('stale presence')
  }

  #surroundings(step: Step): void {
    const sim = this.#sim
    const { outside } = sim
    switch (step.do) {
      case 'submit': {
        const pinned = step.pinned < 0 ? undefined : this.#client(step.pinned)?.user
        if (outside) {
          sim.tasks.push(outside.submit(step.selector, pinned ?? ''))
          return
        }
        const body = JSON.stringify({
          scriptSelector: step.selector,
          ...(pinned === undefined ? {} : { agentId: pinned }),
        })
        sim.ask('customer', 'POST', '/acd/tasks', body, step.net, ({ status, body: made }) => {
          if (status === 201) sim.tasks.push(idIn(made))
        })
        return
      }
      case 'abandon': {
        const task = sim.tasks.at(-1 - (step.pick % Math.max(1, sim.tasks.length)))
        if (task === undefined) return
        if (outside) outside.abandon(task)
        else sim.ask('customer', 'DELETE', `/acd/tasks/${task}`, '', step.net)
        return
      }
      case 'ring': {
        const to = this.#client(step.agent)?.user
        // Calls come only from the built-in ACD.
        if (outside || to === undefined) return
        sim.ask('customer', 'POST', '/acd/calls', JSON.stringify({ from: '5550100', to }), step.net, (answer) => {
          if (answer.status === 201) sim.calls.push(idIn(answer.body))
        })
        return
      }
      case 'hangUp': {
        const call = sim.calls.at(-1 - (step.pick % Math.max(1, sim.calls.length)))
        if (call !== undefined) sim.ask('customer', 'POST', `/acd/calls/${call}`, '{"action":"HANGUP"}', step.net)
        return
      }
      default:
        return disaster(sim, step)
    }
  }
}

function idIn(body: string): string {
  const made: unknown = JSON.parse(body)
  return typeof made === 'object' && made !== null && 'id' in made ? String(made.id) : ''
}

/** Plays a script. Never rejects: an error becomes a finding. */
export async function play(script: Script, sabotage: Sabotage = {}): Promise<Outcome> {
  const sim = new Simulation(script.world, script.seed, sabotage, script.late)
  try {
    await new Player(sim, script).play()
  } catch (error) {
    if (!(error instanceof Failure))
      sim.findings.add('nobody-stuck', error instanceof Error ? (error.stack ?? error.message) : String(error))
    sim.die()
  }
  return {
    findings: [...sim.findings.list],
    journalHash: sim.audit.journalHash,
    transcriptHash: sim.transcriptHash,
    transcript: [...sim.lastWords],
    trail: [...sim.audit.trail],
    cells: sim.audit.cells,
    faults: sim.faults,
    rows: sim.audit.rows,
    simulated: sim.clock.now() - START,
    agents: script.world.agents.length,
  }
}
