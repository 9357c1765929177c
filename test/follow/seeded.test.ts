/**
 * Slow, 15 s: random work and random disturbances from one seed. After each round the follower reads the same as its
 * Finesse. `SEED=7 vitest run test/follow/seeded.test.ts` repeats one.
 */
import { afterEach, expect, it, vi } from 'vitest'
import { type Site, site, TWO_SIDES } from '../conformance/server.ts'
import { PATIENCE } from '../suite/patience.ts'
import { type Beside, beside, readsOf, sideOf, USERS } from './beside.ts'
import { type Network, networkTo } from './network.ts'

const ROUNDS = 8
const seeds = process.env.SEED === undefined ? [1, 2] : [Number(process.env.SEED)]

let b: Beside
let networks: Network[] = []
afterEach(async () => {
  await b.close()
  await Promise.all(networks.map((each) => each.close()))
  networks = []
})

/** Numbers from 0 up to, but not including, 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const BODIES = [
  ['', '<User><state>LOGIN</state><extension>EXT</extension></User>'],
  ['', '<User><state>READY</state></User>'],
  ['', '<User><state>NOT_READY</state><reasonCodeId>17</reasonCodeId></User>'],
  ['', '<User><state>LOGOUT</state></User>'],
  [
    '/Media/5001',
    '<Media><state>LOGIN</state><maxDialogLimit>2</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>',
  ],
  [
    '/Media/5002',
    '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>IGNORE</interruptAction></Media>',
  ],
  ['/Media/5001', '<Media><state>READY</state></Media>'],
  ['/Media/5002', '<Media><state>READY</state></Media>'],
  ['/Media/5002', '<Media><routable>false</routable></Media>'],
  ['/Media/5001', '<Media><state>LOGOUT</state></Media>'],
] as const

const SELECTORS = ['email_support', 'chat_sales'] as const
const ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE'] as const

it.each(seeds)(
  'after random work and disturbances of seed %i reads are the same (`notifications 12`)',
  async (seed) => {
    const draw = random(seed)
    const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(draw() * all.length)]
    const at = await site(TWO_SIDES)
    const one = await networkTo(Number(at.server.ports.xmpp))
    const two = await networkTo(Number(at.server.sideB?.ports.xmpp))
    networks = [one, two]
    const through = ({ port }: Network) => `xmpp://127.0.0.1:${port}`
    b = await beside(
      {
        sides: [
          { ...sideOf(at), xmpp: through(one) },
          { rest: at.atB.rest, xmpp: through(two), domain: 'b.localhost' },
        ],
        random: draw,
      },
      at,
    )
    await b.follower.live()
    for (let round = 0; round < ROUNDS; round += 1) {
      const network = pick(networks)
      const disturbance = pick(['cut', 'stall', 'none', 'none'] as const)
      if (disturbance === 'cut') network?.cut()
      if (disturbance === 'stall') network?.stall()
      for (let n = 0; n < 6; n += 1) await work(at, pick, draw)
      await at.passes(1)
      network?.restore()
      await settled(at)
    }
    expect(b.follower.figures).toMatchObject({ unreadable: 0, strange: 0 })
  },
)

async function work(at: Site, pick: <T>(all: readonly T[]) => T | undefined, draw: () => number): Promise<void> {
  const user = pick(USERS) ?? '1001'
  const agent = at.restOnly(user)
  const kind = draw()
  if (kind < 0.5) {
    const [path, body] = pick(BODIES) ?? BODIES[0]
    await agent.put(`User/${user}${path}`, body.replace('EXT', user))
  } else if (kind < 0.65) await at.acd('POST', '/tasks', { scriptSelector: pick(SELECTORS) ?? '' })
  else {
    const dialog = pick(at.server.engine.get.dialogs(user, 'nonvoice') ?? [])
    const body = `<Dialog><requestedAction>${pick(ACTIONS)}</requestedAction></Dialog>`
    if (dialog) await agent.put(`Dialog/${dialog.id}`, body)
  }
}

/** The follower is at some side, everybody is live, and reads are those of that side. */
const settled = (at: Site) =>
  vi.waitFor(
    async () => {
      await at.passes(0.3)
      const { isUp, users, side } = b.follower.status
      expect({ isUp, live: users.live }).toEqual({ isUp: true, live: USERS.length })
      for (const user of USERS) {
        const there = readsOf(at.server.engine, user, side)
        expect(readsOf(b.follower.engine, user)).toEqual(there)
      }
    },
    { timeout: PATIENCE, interval: 20 },
  )
