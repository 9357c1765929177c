/** Checks the options of a follower before anything is connected. */
import { InvalidArgument } from '../errors/mrdian-error.ts'
import type { FollowOptions } from './options.ts'

const XMPP = ['xmpp:', 'xmpps:', 'ws:', 'wss:']
const HTTP = ['http:', 'https:']

/** @throws InvalidArgument that names the option, and what to do. */
export function checkOptions(options: FollowOptions): void {
  const { sides, users = [], teams = [], resource } = options
  if (sides.length !== 1 && sides.length !== 2) throw new InvalidArgument('follow: `sides` are one or two')
  for (const side of sides) {
    checkUrl('rest', side.rest, HTTP)
    checkUrl('xmpp', side.xmpp, XMPP)
    if (side.domain === '')
      throw new InvalidArgument('follow: each side needs a `domain`, the xmppDomain of SystemInfo')
  }
  if (users.length + teams.length === 0) throw new InvalidArgument('follow: give `users` or `teams`')
  if (resource?.toLowerCase() === 'desktop')
    throw new InvalidArgument('follow: the `resource` desktop belongs to the Finesse desktop: choose another one')
  checkPresence(options)
}

/**
 * A session with the address of an agent counts as the agent's desktop, so that Finesse never notices that the real one
 * is gone (`notifications 9`). That is refused unless it is wanted.
 */
function checkPresence({ credentials, users = [], presenceCountsAsDesktop = false }: FollowOptions): void {
  const { watch, agents } = credentials
  if (!watch && !agents) throw new InvalidArgument('follow: `credentials` need `watch`, or `agents`')
  if (presenceCountsAsDesktop) {
    if (!agents) throw new InvalidArgument('follow: `presenceCountsAsDesktop` needs `credentials.agents`')
    return
  }
  if (!watch)
    throw new InvalidArgument(
      'follow: with `credentials.agents` alone, the sessions of the follower would count as the desktops of the agents, and Finesse would not sign out an agent whose desktop is gone. Give `credentials.watch` (an administrator or a supervisor), or accept it with `presenceCountsAsDesktop: true`',
    )
  if (users.includes(watch.user))
    throw new InvalidArgument(
      `follow: ${watch.user} watches and is followed, so the session of the follower would count as the desktop of ${watch.user}. Watch with an administrator, or accept it with \`presenceCountsAsDesktop: true\``,
    )
}

function checkUrl(name: string, text: string, protocols: readonly string[]): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !protocols.includes(url.protocol))
    throw new InvalidArgument(`follow: \`${name}\` is a URL of ${protocols.join(', ')}`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgument(`follow: \`${name}\` must not contain a password: use \`credentials\``)
}
