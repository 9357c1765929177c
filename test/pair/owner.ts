/** The owner of a pair, on a port, with accounts of its own. */
import fastify from 'fastify'
import { onTestFinished } from 'vitest'
import { type Accounts, AccountsBusyError } from '../../src/accounts/index.ts'
import { OtherEnd, OwnerEnd, type ServiceLink } from '../../src/pair/index.ts'
import { memoryStore } from '../../src/store/index.ts'

export const KEY = 'a key that only those have who may read the lease'
/** An access token of agent 1001. */
export const TOKEN = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMDAxIn0.sealed'
export const asked: unknown[] = []

const accounts: Accounts = {
  verify: async (name, password, address) => {
    asked.push([name, password, address])
    if (password === 'later') throw new AccountsBusyError('later')
    return password === 'secret' ? { id: name, kind: 'user' } : undefined
  },
  tokens: { mode: 'HYBRID', verify: async (token) => (token === TOKEN ? { id: '1001', kind: 'user' } : undefined) },
}

/** The owner serves side A. `asked` has what its accounts were asked. */
export async function owner() {
  const records = memoryStore().records
  const end = new OwnerEnd({ key: KEY, other: 'B', accounts, records, collection: 'xmpp-subscriptions-B' })
  const links: ServiceLink[] = []
  let linked: () => void = () => undefined
  end.onLink((link) => {
    links.push(link)
    linked()
  })
  const app = fastify({ http: { shouldUpgradeCallback: () => true } })
  end.routes(app)
  app.server.on('upgrade', (request, socket) => end.handleUpgrade(request, socket))
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    end.close()
    await app.close()
  })
  const link = async (number: number): Promise<ServiceLink> => {
    while (links[number] === undefined) await new Promise<void>((resolve) => (linked = resolve))
    const found = links[number]
    if (found === undefined) throw new Error('no link')
    return found
  }
  return { end, records, address, link, other: new OtherEnd({ address, key: KEY }, 'B') }
}
