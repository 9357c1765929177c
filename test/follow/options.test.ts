/** Options that are not safe are refused with a sentence that names the option. */
import { describe, expect, it } from 'vitest'
import { InvalidArgument } from '../../src/errors/index.ts'
import { type FollowOptions, follow } from '../../src/follow/index.ts'
import { site } from '../conformance/server.ts'

const SIDE = { rest: 'http://127.0.0.1:9', xmpp: 'xmpp://127.0.0.1:9', domain: 'localhost' }
const ADMIN = { user: 'admin', password: 'secret' }
const GOOD: FollowOptions = { sides: [SIDE], credentials: { watch: ADMIN }, users: ['1001'] }

const REFUSED: Readonly<Record<string, readonly [Partial<FollowOptions>, RegExp]>> = {
  'sessions of agents, which would count as their desktops (`notifications 9`)': [
    { credentials: { agents: { 1001: 'secret' } } },
    /presenceCountsAsDesktop: true/,
  ],
  'a watching account that is followed itself': [
    { credentials: { watch: { user: '1001', password: 'secret' } } },
    /1001 watches and is followed/,
  ],
  'sessions of agents without passwords': [{ presenceCountsAsDesktop: true }, /needs `credentials.agents`/],
  'the resource of the Finesse desktop': [{ resource: 'Desktop' }, /resource` desktop/],
  'nobody to follow': [{ users: [] }, /`users` or `teams`/],
  'no side': [{ sides: [] }, /one or two/],
  'a password in an address': [{ sides: [{ ...SIDE, rest: 'http://a:b@127.0.0.1' }] }, /must not contain a password/],
  'an address of another protocol': [{ sides: [{ ...SIDE, xmpp: 'http://127.0.0.1' }] }, /`xmpp` is a URL of/],
}

describe('follow refuses', () => {
  it.each(Object.entries(REFUSED))('%s', async (_, [wrong, message]) => {
    const refused = follow({ ...GOOD, ...wrong })
    await expect(refused).rejects.toThrow(InvalidArgument)
    await expect(follow({ ...GOOD, ...wrong })).rejects.toThrow(message)
  })

  it('a server whose certificate is not trusted, and says what to do', async () => {
    const at = await site({ tls: 'self-signed', restTlsPort: 0, httpBindTlsPort: 0, xmppTlsPort: 0 })
    const rest = `https://127.0.0.1:${at.server.ports.restTls}`
    await expect(follow({ ...GOOD, sides: [{ ...SIDE, rest }] })).rejects.toMatchObject({
      code: 'UPSTREAM_UNTRUSTED',
      message: expect.stringMatching(/certificate is not trusted .*NODE_EXTRA_CA_CERTS/),
    })
    await at.close()
  })

  it('a wrong password of the account that watches, and users and teams that do not exist', async () => {
    const at = await site()
    const side = { rest: at.at.rest, xmpp: 'xmpp://127.0.0.1:9', domain: 'localhost' }
    const refused = (options: Partial<FollowOptions>) =>
      follow({ ...GOOD, sides: [side], ...options }).then(
        () => 'started',
        (error: { code: string; message: string }) => [error.code, error.message],
      )
    expect(await refused({ credentials: { watch: { user: 'admin', password: 'wrong' } } })).toEqual([
      'UPSTREAM_DENIED',
      expect.stringContaining('401 for admin'),
    ])
    expect(await refused({ users: ['77'] })).toEqual(['UPSTREAM_UNREADABLE', 'the followed Finesse has no user 77'])
    expect(await refused({ teams: ['9'] })).toEqual(['UPSTREAM_UNREADABLE', 'the followed Finesse has no team 9'])
    await at.close()
  })
})
