/** Makes a script from a seed. All random choices of a script are made here, in `call-steps.ts` and in `rare-faults.ts`. */
import { callSteps } from './call-steps.ts'
import { Dice } from './dice.ts'
import { NOWHERE, selectorsOf } from './directory.ts'
import { rareFaults } from './rare-faults.ts'
import { MRDS, type Mrd, type Net, type Script, type Step, type Timed, type World } from './script.ts'

function worldOf(seed: number): World {
  const dice = new Dice(seed, 'world')
  const ids = MRDS.slice(0, dice.of(1, 2, 2, 2, 3, 3, 4))
  const media = ids.map((id, place) => ({
    id,
    // Mostly both kinds, so that interrupts happen.
    interruptible: place === 0 ? dice.chance(0.9) : place === 1 ? dice.chance(0.2) : dice.chance(0.5),
    startTimeoutSeconds: dice.of(5, 20, 30, 120),
    maxTaskDurationSeconds: dice.of(40, 300, 300, 28_800),
    taskLifeSeconds: dice.of(15, 60, 1200),
  }))
  const count = dice.of(1, 2, 2, 3, 3, 4, 5)
  const agents = Array.from({ length: count }, (_, place) => ({
    id: String(1001 + place),
    supervisor: place === count - 1 && dice.chance(0.6),
    wrapUp: dice.of<World['agents'][number]['wrapUp']>('REQUIRED', 'OPTIONAL', 'NOT_ALLOWED'),
    wrapUpSeconds: dice.of(3, 15, 40),
    // The first agent belongs to every MRD, so that no MRD is without an agent.
    mrds: ids.filter(() => place === 0 || dice.chance(0.8)),
  }))
  return {
    agents,
    media,
    fidelity: dice.of('finesse', 'finesse', 'lossless'),
    presenceGraceSeconds: dice.of(5, 60, 60),
    logoutOnAgentDisconnect: dice.chance(0.25) ? 1 : 0,
    userSignoutChannel: dice.of('all', 'all', 'finesse', 'voice'),
    autoWorkModeStateChange: dice.chance(0.8),
    transferTimeoutSeconds: dice.of(2, 10),
    callRingSeconds: dice.of(4, 30),
    outside: dice.chance(0.25),
    embedded: dice.chance(0.5),
    requirePresenceAfterSignIn: dice.chance(0.25),
  }
}

/** The kinds of runs: how many faults, disasters and network faults they have. */
const MOODS = {
  calm: { fault: 0, disaster: 0, network: 0.02 },
  faulty: { fault: 6, disaster: 0, network: 0.1 },
  stormy: { fault: 3, disaster: 6, network: 0.25 },
  crashing: { fault: 0, disaster: 12, network: 0.1 },
} as const

const REQUESTS = {
  'user.signIn': 2,
  'user.state': 6,
  'media.signIn': 5,
  'media.state': 9,
  'media.routable': 4,
  act: 60,
  wild: 3,
  call: 12,
  supervise: 2,
  stranger: 0.4,
  submit: 20,
  abandon: 3,
  ring: 8,
  hangUp: 3,
  connect: 3,
  disconnect: 2.5,
  stale: 2.5,
  pass: 4,
} as const
const FAULTS = { fault: 1 } as const
const DISASTERS = { disk: 3, crash: 5, restart: 1.5, service: 2.5, publisher: 3 } as const

class Generator {
  readonly #dice: Dice
  readonly #world: World
  readonly #badNetwork: number

  constructor(seed: number, world: World, badNetwork: number) {
    this.#dice = new Dice(seed, 'steps')
    this.#world = world
    this.#badNetwork = badNetwork
  }

  /** Each agent connects and signs in with a probability of 0.9. */
  opening(): readonly Timed[] {
    const dice = this.#dice
    return this.#world.agents.flatMap(({ mrds }, agent): Timed[] => {
      if (dice.chance(0.1)) return []
      const well = { there: 1, back: 1, lost: '', again: [] } as const
      const net = { ...well, again: [] }
      const limit = dice.of(1, 1, 2, 3, 10)
      const media = mrds.flatMap((mrd): Step[] => [
        { do: 'media.signIn', agent, net, mrd, limit, answer: this.#answer(), atSignOut: dice.of('CLOSE', 'TRANSFER') },
        { do: 'media.state', agent, net, mrd, state: 'READY', reason: false },
      ])
      const steps: Step[] = [
        { do: 'connect', agent },
        { do: 'user.signIn', agent, net, foreign: false },
        { do: 'user.state', agent, net, state: 'READY', reason: false },
        ...media,
      ]
      return steps.map((step) => ({ after: 5, step }))
    })
  }

  step(weights: Readonly<Record<string, number>>): Timed {
    const dice = this.#dice
    // Many steps at once, or a step after a long time.
    const after = dice.of(0, 0, 1, 1, 20, 200, 700, 1500, 4000)
    const kind = dice.weighted(weights)
    const step =
      kind === 'fault'
        ? this.#fault()
        : kind === 'disaster'
          ? this.#disaster(dice.weighted(DISASTERS))
          : this.#request(dice.weighted(REQUESTS))
    return { after, step }
  }

  #answer(): 'ACCEPT' | 'IGNORE' {
    return this.#dice.of('ACCEPT', 'ACCEPT', 'IGNORE')
  }

  #net(): Net {
    const dice = this.#dice
    const bad = () => dice.chance(this.#badNetwork)
    return {
      there: dice.of(0, 1, 5, 30, ...(bad() ? [800, 5000] : [])),
      back: dice.of(0, 1, 30),
      lost: bad() ? dice.of('request', 'answer') : '',
      again: bad() ? dice.of([1], [0], [300], [2000], [10, 3000]) : [],
    }
  }

  #mrd(): Mrd {
    return this.#world.media[this.#dice.below(this.#world.media.length)]?.id ?? '5001'
  }

  #target(): string {
    const [a = NOWHERE, b = NOWHERE] = selectorsOf(this.#mrd())
    return this.#dice.of(a, a, b, b, NOWHERE)
  }

  #request(kind: keyof typeof REQUESTS): Step {
    const dice = this.#dice
    const agent = dice.below(this.#world.agents.length)
    const net = this.#net()
    // Mostly the action that advances the work, and any of the open dialogs.
    const [pick, choice] = [dice.below(6), dice.of(0, 0, 0, 0, 1, 2, 3, 4)]
    switch (kind) {
      case 'user.signIn':
        return { do: kind, agent, net, foreign: dice.chance(0.1) }
      case 'user.state':
        return {
          do: kind,
          agent,
          net,
          state: dice.of('READY', 'READY', 'READY', 'NOT_READY', 'NOT_READY', 'LOGOUT', 'WORK'),
          reason: dice.chance(0.5),
        }
      case 'media.signIn': {
        const limit = dice.of(1, 2, 3, 5)
        return {
          do: kind,
          agent,
          net,
          mrd: this.#mrd(),
          limit,
          answer: this.#answer(),
          atSignOut: dice.of('CLOSE', 'TRANSFER'),
        }
      }
      case 'media.state':
        return {
          do: kind,
          agent,
          net,
          mrd: this.#mrd(),
          state: dice.of('READY', 'READY', 'READY', 'READY', 'NOT_READY', 'LOGOUT', 'ACTIVE'),
          reason: dice.chance(0.3),
        }
      case 'media.routable':
        return { do: kind, agent, net, mrd: this.#mrd(), routable: dice.chance(0.65) }
      case 'act':
        return { do: kind, agent, net, pick, choice, target: this.#target() }
      case 'wild': {
        const action = dice.of('ACCEPT' as const, 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER')
        return { do: kind, agent, net, pick, action, target: this.#target() }
      }
      case 'call':
        return { do: kind, agent, net, pick: dice.of(0, 0, 1), action: dice.of('ANSWER', 'ANSWER', 'DROP') }
      case 'supervise': {
        const by = dice.chance(0.9) ? this.#world.agents.length - 1 : dice.below(this.#world.agents.length)
        return { do: kind, agent, net, by, state: dice.of('READY', 'NOT_READY', 'LOGOUT') }
      }
      case 'stranger':
        return { do: kind, agent, net }
      case 'submit': {
        const mrd = this.#mrd()
        const able = this.#world.agents.flatMap((each, place) => (each.mrds.includes(mrd) ? [place] : []))
        const pinned = dice.chance(0.2) ? (able[dice.below(able.length)] ?? -1) : -1
        return { do: kind, net, selector: dice.of(`s${mrd}a`, `s${mrd}b`), pinned }
      }
      case 'abandon':
      case 'hangUp':
        return { do: kind, net, pick }
      case 'ring':
        return { do: kind, net, agent }
      case 'connect':
        return { do: kind, agent }
      case 'disconnect':
        return { do: kind, agent, noticed: dice.of(0, 0, 200, 20_000) }
      case 'stale':
        return { do: kind, agent, back: dice.of(0, 1, 1, 2) }
      case 'pass':
        return { do: kind, ms: dice.of(1000, 6000, 6000, 12_000, 31_000, 61_000, 130_000, 310_000) }
    }
  }

  #fault(): Step {
    const dice = this.#dice
    return {
      do: 'fault',
      net: { there: 0, back: 0, lost: '', again: [] },
      type: dice.of('acd-link', 'acd-link', 'app-path', 'peripheral-gateway', 'resubmission', 'resubmission'),
      both: dice.chance(0.3),
      mode: dice.of('refuse', 'timeout', 'late'),
      up: dice.chance(0.55),
    }
  }

  #disaster(kind: keyof typeof DISASTERS): Step {
    const dice = this.#dice
    switch (kind) {
      case 'disk':
        return { do: kind, refuses: dice.of(1, 500, 3000, 20_000) }
      case 'crash':
        return {
          do: kind,
          when: dice.of('now', 'before', 'after', 'after', 'send'),
          down: dice.of(1, 1000, 20_000),
          again: [],
        }
      case 'restart':
        return { do: kind, down: dice.of(1, 2000) }
      case 'service':
        return { do: kind, down: dice.of(1, 5000, 70_000), sessions: dice.chance(0.5) }
      case 'publisher':
        return { do: kind, how: dice.of('slow', 'refuses', 'forgets'), for: dice.of(500, 5000, 30_000) }
    }
  }
}

/** The script of a seed. It is always the same as long as this file does not change. */
export function generate(seed: number): Script {
  const dice = new Dice(seed, 'day')
  const mood = dice.of('calm', 'faulty', 'stormy', 'stormy', 'crashing')
  const { fault, disaster, network } = MOODS[mood]
  const world = worldOf(seed)
  const generator = new Generator(seed, world, network)
  const length = dice.of(60, 120, 120, 200)
  const weights = { request: 100, fault: fault * FAULTS.fault, disaster }
  const steps = [...generator.opening(), ...Array.from({ length }, () => generator.step(weights))]
  const all = callSteps(seed, world.agents.length, steps)
  return { seed, world, steps: mood === 'calm' ? all : rareFaults(seed, all) }
}
