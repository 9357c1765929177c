/** Accounts of an embedder: REST and XMPP treat their answers alike. */
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../src/accounts/api.ts'
import { createEngine } from '../../src/index.ts'
import { finesse } from '../../src/rest/index.ts'
import { notificationService } from '../../src/xmpp/index.ts'
import { SAMPLE } from '../suite/sample.ts'
import { HEADER, RawClient } from '../xmpp/support/raw-client.ts'
import { auth, plain } from '../xmpp/support/sign-in.ts'

/** The answers of both sides to a sign-in whose accounts answer with this value. */
async function signIns(answer: unknown) {
  const { directory } = SAMPLE
  const users = directory.users.map((user) => (user.id === '1001' ? { ...user, id: 'Ana' } : user))
  const engine = await createEngine({ directory: { ...directory, users } })
  const accounts = { verify: async (): Promise<Principal | undefined> => JSON.parse(JSON.stringify(answer)) }
  const app = Fastify()
  await app.register(finesse, { engine, accounts })
  const xmpp = await notificationService(engine, { accounts, port: 0, httpBindPort: 'off' })
  const authorization = `Basic ${btoa('whoever:pw')}`
  const rest = await app.inject({ url: '/finesse/api/User/Ana', headers: { authorization } })
  const client = await RawClient.open(xmpp.ports.xmpp ?? 0)
  client.send(HEADER)
  await client.until('</stream:features>')
  client.send(auth(plain('whoever', 'pw')))
  const answered = await client.until(/<success[^>]*>|<\/failure>/)
  const said = /<success/.test(answered)
    ? 'success'
    : (/<(not-authorized|temporary-auth-failure)/.exec(answered)?.[1] ?? '')
  client.socket.destroy()
  await xmpp.close()
  await app.close()
  await engine.close()
  return [rest.statusCode, said]
}

describe('an answer of verify', () => {
  it.each([
    ['the id', { id: 'Ana', kind: 'user' }, [200, 'success']],
    ['the id in another case', { id: 'aNA', kind: 'user' }, [200, 'success']],
    ['the login name', { id: 'AREYES', kind: 'user' }, [200, 'success']],
    ['null', null, [401, 'not-authorized']],
    ['no principal', true, [500, 'temporary-auth-failure']],
    ['an id that is no text', { id: 7, kind: 'user' }, [500, 'temporary-auth-failure']],
    ['no kind', { id: 'Ana' }, [500, 'temporary-auth-failure']],
  ])('%s', async (_, answer, expected) => expect(await signIns(answer)).toEqual(expected))
})
