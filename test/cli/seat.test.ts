/** The clients of a side that another server has the state of: who stays connected, and how long. */
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { Seat } from '../../src/cli/seat.ts'
import { loadDirectory } from '../../src/directory/index.ts'
import { ConnectionGuard } from '../../src/sockets/index.ts'
import { linkedService } from '../../src/xmpp/linked.ts'
import { KEY, owner, TOKEN } from '../pair/owner.ts'
import { RawClient } from '../xmpp/support/raw-client.ts'
import { enter } from '../xmpp/support/sign-in.ts'
import { accounts, FakeEngine } from '../xmpp/support/world.ts'

const DOMAIN = 'b.example'
const DESK = `1001@${DOMAIN}/desk`

/** An owner whose engine logs what it is told. */
async function engine() {
  const { end, address } = await owner()
  const engine = new FakeEngine()
  const hosts = { primary: 'a.example', secondary: DOMAIN }
  let ended: (user: string) => void = () => undefined
  const onEnd = (listener: (user: string) => void) => {
    ended = listener
    return () => undefined
  }
  const service = linkedService(engine, {
    side: 'B',
    domain: DOMAIN,
    hosts,
    accounts: { ...accounts, tokens: { mode: 'HYBRID', verify: async () => undefined, onEnd } },
    onLink: (listener) => end.onLink(listener),
  })
  onTestFinished(() => service.close())
  return { engine, end, owner: { address, key: KEY }, tokensEnded: (user: string) => ended(user) }
}

async function seat(keepMs: number): Promise<Seat> {
  const loaded = await loadDirectory()
  const made = new Seat({
    side: 'B',
    front: { port: 0, domain: DOMAIN },
    guard: new ConnectionGuard({}),
    loaded: () => loaded,
    tokens: 'HYBRID',
    logger: pino({ level: 'silent' }),
    keepMs,
  })
  onTestFinished(() => made.close())
  return made
}

async function online({ front }: Seat, password = 'secret'): Promise<RawClient> {
  const how = { to: DOMAIN, resource: 'desk', password }
  const client = await enter(await RawClient.open(front?.ports.xmpp ?? 0), '1001', how)
  client.send('<presence/>')
  await client.until(`<presence from="finesse@${DOMAIN}"`)
  return client
}

it('a client stays connected when another server becomes the owner, who hears that no session was lost', async () => {
  const [one, two] = [await engine(), await engine()]
  const served = await seat(60_000)
  served.ownedBy(one.owner)
  await one.engine.logged('attach B')
  const client = await online(served)
  await one.engine.logged(`available ${DESK}`)
  expect(one.engine.log[0]).toBe('sessions of B lost')
  served.ownedBy(two.owner)
  await two.engine.logged('attach B')
  expect(two.engine.log).toEqual([`available ${DESK}`, 'service B up', 'attach B'])
  await client.until(`<presence type="unavailable" from="finesse@${DOMAIN}"`)
  await client.until(`<presence from="finesse@${DOMAIN}"`)
  expect(client.closed).toBe(false)
})

it('a client of a server that takes over itself stays connected', async () => {
  const one = await engine()
  const served = await seat(60_000)
  served.ownedBy(one.owner)
  await one.engine.logged('attach B')
  const client = await online(served)
  const front = await served.takeOver()
  await one.engine.logged('service B down')
  expect(front).toBe(served.front)
  await client.until(`<presence type="unavailable" from="finesse@${DOMAIN}"`)
  expect(client.closed).toBe(false)
})

it('without an owner for too long the side is lost: clients are disconnected, and the next owner hears it', async () => {
  const [one, two] = [await engine(), await engine()]
  const served = await seat(1)
  served.ownedBy(one.owner)
  await one.engine.logged('attach B')
  const client = await online(served)
  one.end.close()
  await client.end()
  await expect(online(served)).rejects.toThrow()
  served.ownedBy(two.owner)
  await two.engine.logged('attach B')
  expect(two.engine.log).toEqual(['sessions of B lost', 'service B up', 'attach B'])
  const back = await online(served)
  await two.engine.logged(`available ${DESK}`)
  expect(back.closed).toBe(false)
})

it('a side that a test takes down is lost at once, and comes back', async () => {
  const one = await engine()
  const served = await seat(60_000)
  served.ownedBy(one.owner)
  await one.engine.logged('attach B')
  const client = await online(served)
  one.end.lose(true)
  await client.end()
  const before = one.engine.log.length
  one.end.lose(false)
  await one.engine.logged('attach B', before)
  await online(served)
})

it('a session that signed in with an access token ends when the owner says that it has ended', async () => {
  const one = await engine()
  const served = await seat(60_000)
  served.ownedBy(one.owner)
  await one.engine.logged('attach B')
  const byToken = await online(served, TOKEN)
  one.tokensEnded('1002')
  await byToken.barrier(DOMAIN)
  one.tokensEnded('1001')
  expect(await byToken.end()).toContain('not-authorized')
  const byPassword = await online(served)
  one.tokensEnded('1001')
  await byPassword.barrier(DOMAIN)
  expect(byPassword.closed).toBe(false)
})
