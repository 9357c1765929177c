/**
 * One rule for the calls of an agent who is signed out, in whatever way the sign-in ends (ruling 47), over real REST
 * and XMPP in virtual time: a ringing call is taken back, wrap-up ends, and an active call continues without the agent
 * and ends without wrap-up.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory, LoadedDirectory } from '../../src/directory/model.ts'
import { Client } from './sequences/client.ts'
import { type Site, site } from './server.ts'

const SECOND = 1000
const AGENT = '1001'
const EMAIL = '5001'
const SAMPLE = await loadDirectory()

/** The agent wraps up after every call, for less time than a call rings. */
const directory = (settings: Partial<Directory['settings']> = {}): LoadedDirectory => ({
  ...SAMPLE,
  directory: {
    ...SAMPLE.directory,
    settings: { ...SAMPLE.directory.settings, callRingSeconds: 600, ...settings },
    users: SAMPLE.directory.users.map((user) =>
      user.id === AGENT
        ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED', wrapUpSeconds: 300 } }
        : user,
    ),
  },
})

const running: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of running.splice(0).reverse()) await close()
})

/** An agent, and the events that happen to the agent. */
class Desk {
  readonly on: Site
  readonly agent: Client
  readonly supervisor: Client
  calls: string[] = []

  private constructor(on: Site, agent: Client, supervisor: Client) {
    this.on = on
    this.agent = agent
    this.supervisor = supervisor
  }

  static async open(given: LoadedDirectory = directory()): Promise<Desk> {
    const on = await site({ directory: given })
    running.push(() => on.close())
    const place = { restUrl: on.at.rest, domain: 'localhost', xmppPort: on.server.ports.xmpp ?? 0 }
    const [agent, supervisor] = [AGENT, '1234'].map((user) => new Client(user, place))
    if (!agent || !supervisor) throw new Error('two clients')
    running.push(() => agent.close())
    await agent.open()
    await agent.appear()
    return new Desk(on, agent, supervisor)
  }

  async signsIn(state: 'READY' | 'NOT_READY'): Promise<void> {
    await this.agent.putUser(`<state>LOGIN</state><extension>${AGENT}</extension>`)
    if (state === 'READY') await this.agent.putUser('<state>READY</state>')
  }

  /** A call arrives, and is answered if `answered`. */
  async call(answered: boolean): Promise<string> {
    const { body } = await this.on.acd('POST', '/calls', { from: '5550100', to: AGENT })
    const call = String(body.id)
    this.calls.push(call)
    if (answered) expect(await this.agent.act(call, 'ANSWER')).toBe(202)
    return call
  }

  async hangsUp(call: string): Promise<void> {
    await this.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })
  }

  /** The notifications since the last call. */
  async told(): Promise<readonly string[]> {
    await this.on.clock.settle()
    await this.on.server.engine.delivered()
    await this.agent.barrier()
    const lines = await this.agent.lines(this.agent.waiting.length)
    return lines.map((line) => this.#named(line.replace(`User/${AGENT}`, 'User')))
  }

  /** User and calls by GET: state and reason, then each call with the state of the agent's leg. */
  async shown(): Promise<readonly string[]> {
    const engine = this.on.server.engine
    const user = engine.get.user(AGENT)
    const calls = engine.get.dialogs(AGENT, 'voice') ?? []
    const legs = calls.flatMap((each) =>
      each.kind === 'call'
        ? each.participants.flatMap((party) => (party.user === AGENT ? [this.#named(`${each.id} ${party.state}`)] : []))
        : [],
    )
    const pending = user?.pendingState ? ` -> ${user.pendingState}` : ''
    return [`${user?.state}${pending}${user?.reason ? ` ${user.reason.code}` : ''}`, ...legs]
  }

  /** All calls. */
  async open(): Promise<readonly unknown[]> {
    return (await this.on.server.engine.acd?.calls()) ?? []
  }

  /** Calls are named by their order. */
  #named(line: string): string {
    return this.calls.reduce((text, call, place) => text.replaceAll(call, `call ${'ab'[place]}`), line)
  }
}

/** Ways in which a sign-in can end during a call. */
const WAYS = {
  'a supervisor signs the agent out': {
    given: directory(),
    reason: 999,
    end: async ({ supervisor }: Desk) => {
      const { status } = await supervisor.rest('PUT', `User/${AGENT}`, '<User><state>LOGOUT</state></User>')
      expect(status).toBe(202)
    },
  },
  'presence is lost (LOAD 1)': {
    given: directory({ logoutOnAgentDisconnect: 1 }),
    reason: 50002,
    end: isGone,
  },
  'presence is lost, and media stay (LOAD 1, userSignoutChannel voice)': {
    given: directory({ logoutOnAgentDisconnect: 1, userSignoutChannel: 'voice' }),
    reason: 50002,
    end: isGone,
  },
  'the agent is taken out of the directory': {
    given: directory(),
    reason: 20002,
    end: async ({ on }: Desk) => {
      const { directory: now, credentials } = directory()
      await on.server.engine.reload({
        directory: { ...now, users: now.users.filter(({ id }) => id !== AGENT) },
        credentials: credentials.filter(({ id }) => id !== AGENT),
      })
    },
  },
} as const

async function isGone({ agent, on }: Desk): Promise<void> {
  const { engine } = on.server
  const tell = engine.adapters.presence.bind(engine.adapters)
  const heard = new Promise<void>((resolve) => {
    engine.adapters.presence = async (presence) => {
      await tell(presence)
      if (!presence.available) resolve()
    }
  })
  await agent.disappear()
  await heard
  engine.adapters.presence = tell
  await on.clock.advance(60 * SECOND)
}

/** States of an agent's calls, and their states after an immediate sign-out. */
const STATES = {
  'rung while NOT_READY': {
    come: async (desk: Desk) => {
      await desk.signsIn('NOT_READY')
      await desk.call(false)
    },
    before: ['NOT_READY', 'call a ALERTING'],
    left: [],
  },
  RESERVED: {
    come: async (desk: Desk) => {
      await desk.signsIn('READY')
      await desk.call(false)
    },
    before: ['RESERVED', 'call a ALERTING'],
    left: [],
  },
  'rung by two calls': {
    come: async (desk: Desk) => {
      await desk.signsIn('READY')
      await desk.call(false)
      await desk.call(false)
    },
    before: ['RESERVED', 'call a ALERTING', 'call b ALERTING'],
    left: [],
  },
  TALKING: {
    come: async (desk: Desk) => {
      await desk.signsIn('READY')
      await desk.call(true)
    },
    before: ['TALKING', 'call a ACTIVE'],
    left: ['call a ACTIVE'],
  },
  'TALKING and rung': {
    come: async (desk: Desk) => {
      await desk.signsIn('READY')
      await desk.call(true)
      await desk.call(false)
    },
    before: ['TALKING', 'call a ACTIVE', 'call b ALERTING'],
    left: ['call a ACTIVE'],
  },
  'TALKING while another call is wrapped up': {
    come: async (desk: Desk) => {
      await desk.signsIn('READY')
      const first = await desk.call(true)
      await desk.call(true)
      await desk.hangsUp(first)
    },
    before: ['TALKING', 'call a WRAP_UP', 'call b ACTIVE'],
    left: ['call b ACTIVE'],
  },
  WORK_READY: {
    come: async (desk: Desk) => {
      await desk.signsIn('READY')
      await desk.hangsUp(await desk.call(true))
    },
    before: ['WORK_READY', 'call a WRAP_UP'],
    left: [],
  },
  'WORK and rung': {
    come: async (desk: Desk) => {
      await desk.signsIn('NOT_READY')
      await desk.hangsUp(await desk.call(true))
      await desk.call(false)
    },
    before: ['WORK', 'call a WRAP_UP', 'call b ALERTING'],
    left: [],
  },
} as const

describe.each(Object.entries(WAYS))('%s', (way, { given, reason, end }) => {
  /** A supervisor's sign-out of a talking agent waits for the end of the call (`user 5.5`). */
  const waits = (left: readonly string[]) => way.includes('supervisor') && left.length > 0

  it.each(Object.entries(STATES))('while %s', async (_, { come, before, left }) => {
    const desk = await Desk.open(given)
    await come(desk)
    expect(await desk.shown()).toEqual(before)
    await end(desk)
    const isRemoved = reason === 20002
    const signedOut = isRemoved ? 'undefined' : `LOGOUT ${reason}`
    // While the sign-out waits for the end of a call, other calls still ring.
    const meanwhile = before
      .slice(1)
      .filter((call) => (waits(left) ? !call.endsWith('WRAP_UP') : left.some((each) => each === call)))
    if (!isRemoved) expect(await desk.shown()).toEqual([waits(left) ? 'TALKING -> LOGOUT' : signedOut, ...meanwhile])
    expect(await desk.open()).toHaveLength(meanwhile.length)

    for (const call of desk.calls) await desk.hangsUp(call)
    if (!isRemoved) expect(await desk.shown()).toEqual([signedOut])
    expect(await desk.open()).toEqual([])
    await desk.on.clock.advance(3600 * SECOND)
    if (!isRemoved) expect(await desk.shown()).toEqual([signedOut])
  })
})

describe('the notifications of a sign-out', () => {
  const heard = async (come: (desk: Desk) => Promise<unknown>, leave: (desk: Desk) => Promise<unknown>) => {
    const desk = await Desk.open()
    await come(desk)
    await desk.told()
    await leave(desk)
    return { desk, lines: await desk.told() }
  }
  const own = ({ agent }: Desk) => agent.putUser('<state>LOGOUT</state>', 'r1')
  const { end: supervised } = WAYS['a supervisor signs the agent out']

  it('by the agent while a call rings: the call is taken back as not answered (V10)', async () => {
    const { desk, lines } = await heard(STATES['rung while NOT_READY'].come, own)
    expect(lines).toEqual(['User PUT user LOGOUT #r1', 'User/Dialogs DELETE dialogs ALERTING'])
    expect(await desk.agent.act(desk.calls[0] ?? '', 'ANSWER')).toBe(404)
    // After another sign-in the agent has no call, and the next call is the only one.
    await desk.signsIn('READY')
    await desk.told()
    await desk.call(false)
    expect(await desk.told()).toEqual(['User PUT user RESERVED', 'User/Dialogs POST dialogs ALERTING'])
    expect(await desk.shown()).toEqual(['RESERVED', 'call b ALERTING'])
  })

  it('by a supervisor while a call rings and the agent is READY', async () => {
    const { lines } = await heard(STATES.RESERVED.come, supervised)
    expect(lines).toEqual(['User PUT user LOGOUT', 'User/Dialogs DELETE dialogs ALERTING'])
  })

  it('by a supervisor in wrap-up', async () => {
    const { lines } = await heard(STATES.WORK_READY.come, supervised)
    expect(lines).toEqual(['User PUT user LOGOUT', 'User/Dialogs DELETE dialogs DROPPED'])
  })

  it('by a supervisor while talking: after the call, without wrap-up (V5, V7)', async () => {
    const { lines } = await heard(STATES.TALKING.come, async (desk) => {
      await supervised(desk)
      await desk.hangsUp(desk.calls[0] ?? '')
    })
    expect(lines).toEqual([
      'User PUT user TALKING',
      'User/Dialogs PUT dialog ACTIVE',
      'User/Dialogs PUT dialog DROPPED',
      'User/Dialogs DELETE dialogs DROPPED',
      'User PUT user LOGOUT',
    ])
  })

  it('by a supervisor while talking, if the agent then drops the call: without wrap-up, too (V9)', async () => {
    const { lines } = await heard(STATES.TALKING.come, async (desk) => {
      await supervised(desk)
      await desk.agent.act(desk.calls[0] ?? '', 'DROP')
    })
    expect(lines.slice(1)).toEqual([
      'User/Dialogs PUT dialog ACTIVE',
      'User/Dialogs PUT dialog DROPPED',
      'User/Dialogs DELETE dialogs DROPPED',
      'User PUT user LOGOUT',
    ])
  })

  it('that is cancelled: the wrap-up is not affected', async () => {
    const { desk } = await heard(STATES.TALKING.come, async (desk) => {
      await supervised(desk)
      await desk.agent.putUser('<state>READY</state>')
      await desk.hangsUp(desk.calls[0] ?? '')
    })
    expect(await desk.shown()).toEqual(['WORK_READY -> READY', 'call a WRAP_UP'])
  })

  it('that is lost with the link: the wrap-up is not affected (`user 5.5`)', async () => {
    const { desk } = await heard(STATES.TALKING.come, async (desk) => {
      await supervised(desk)
      await desk.on.acd('POST', '/faults', { type: 'acd-link', up: false })
      await desk.on.acd('POST', '/faults', { type: 'acd-link', up: true })
      await desk.hangsUp(desk.calls[0] ?? '')
    })
    expect(await desk.shown()).toEqual(['WORK_READY', 'call a WRAP_UP'])
  })
})

describe('a loss of presence that does not sign the agent out (LOAD 0)', () => {
  it('gives NOT_READY after the call, without wrap-up (`notifications 9.2`)', async () => {
    const desk = await Desk.open()
    await STATES.TALKING.come(desk)
    await isGone(desk)
    expect(await desk.shown()).toEqual(['TALKING -> NOT_READY', 'call a ACTIVE'])
    await desk.hangsUp(desk.calls[0] ?? '')
    expect(await desk.shown()).toEqual(['NOT_READY 50002'])
    expect(await desk.open()).toEqual([])
  })

  it('has no effect on the wrap-up of an agent who reconnects and requests READY', async () => {
    const desk = await Desk.open()
    await STATES.TALKING.come(desk)
    await isGone(desk)
    await desk.agent.putUser('<state>READY</state>')
    await desk.hangsUp(desk.calls[0] ?? '')
    expect(await desk.shown()).toEqual(['WORK_READY -> READY', 'call a WRAP_UP'])
    await desk.on.clock.advance(300 * SECOND)
    expect(await desk.shown()).toEqual(['READY'])
  })
})

describe('a sign-in while an earlier call continues', () => {
  /** Signed out by force while talking. */
  async function outlived(): Promise<Desk> {
    const desk = await Desk.open(WAYS['presence is lost, and media stay (LOAD 1, userSignoutChannel voice)'].given)
    await STATES.TALKING.come(desk)
    await isGone(desk)
    await desk.agent.appear()
    await desk.told()
    return desk
  }

  it('gives NOT_READY with 51004, then TALKING; after the call NOT_READY, without wrap-up (`user 6.3`)', async () => {
    const desk = await outlived()
    await desk.agent.putUser(`<state>LOGIN</state><extension>${AGENT}</extension>`, 'r1')
    const signIn = await desk.agent.next()
    expect([signIn.value('state'), signIn.value('reasonCode/code'), signIn.requestId]).toEqual([
      'NOT_READY',
      '51004',
      'r1',
    ])
    expect(await desk.told()).toEqual(['User PUT user TALKING'])
    await desk.agent.putUser('<state>READY</state>')
    expect(await desk.shown()).toEqual(['TALKING -> READY', 'call a ACTIVE'])
    await desk.call(false)
    await desk.hangsUp(desk.calls[0] ?? '')
    expect(await desk.shown()).toEqual(['NOT_READY -> READY 51004', 'call b ALERTING'])
    await desk.hangsUp(desk.calls[1] ?? '')
    expect(await desk.shown()).toEqual(['READY'])
  })

  it('makes the call interrupt again, which it does not in LOGOUT (ruling 8, ruling 47)', async () => {
    const desk = await outlived()
    const settings = '<maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
    await desk.agent.putMedia(EMAIL, `<state>LOGIN</state>${settings}`)
    await desk.agent.putMedia(EMAIL, '<state>READY</state>')
    await desk.on.acd('POST', '/tasks', { scriptSelector: 'email_support', agentId: AGENT })
    const dialog = desk.on.server.engine.get.dialogs(AGENT, 'nonvoice', EMAIL)?.[0]?.id ?? ''
    for (const action of ['ACCEPT', 'START']) expect(await desk.agent.act(dialog, action)).toBe(202)
    const medium = () => desk.on.server.engine.get.media(AGENT, EMAIL).status?.state
    expect(medium()).toBe('ACTIVE')
    await desk.signsIn('NOT_READY')
    expect(medium()).toBe('INTERRUPTED')
    await isGone(desk)
    expect([await desk.shown(), medium()]).toEqual([['LOGOUT 50002', 'call a ACTIVE'], 'ACTIVE'])
    await desk.hangsUp(desk.calls[0] ?? '')
    expect([await desk.shown(), medium(), await desk.open()]).toEqual([['LOGOUT 50002'], 'ACTIVE', []])
  })
})

describe('wrap-up (`user 5.6`)', () => {
  it('does not become longer when other calls ring meanwhile', async () => {
    const desk = await Desk.open(directory({ callRingSeconds: 20 }))
    await STATES.WORK_READY.come(desk)
    for (let round = 0; round < 14; round += 1) {
      await desk.call(false)
      await desk.on.clock.advance(21 * SECOND)
      expect(await desk.shown()).toEqual(['WORK', 'call a WRAP_UP']) // NOT_READY then, as calls were missed (V10)
    }
    await desk.on.clock.advance(6 * SECOND)
    expect(await desk.shown()).toEqual(['NOT_READY 32767'])
    expect(await desk.open()).toEqual([])
  })

  it('ends in time while the agent is on another call', async () => {
    const desk = await Desk.open()
    await STATES['TALKING while another call is wrapped up'].come(desk)
    await desk.on.clock.advance(299 * SECOND)
    expect(await desk.shown()).toEqual(['TALKING', 'call a WRAP_UP', 'call b ACTIVE'])
    await desk.told()
    await desk.on.clock.advance(SECOND)
    expect(await desk.told()).toEqual(['User/Dialogs DELETE dialogs DROPPED'])
    expect(await desk.shown()).toEqual(['TALKING', 'call b ACTIVE'])
  })
})
