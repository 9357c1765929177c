/** The address of the page says which user and which moment is shown, and the other way round. */
import { Session } from '../../../../pages/browser/session.ts'
import { momentOf, placeHash, readPlace } from './link.ts'
import { TICKETS, type Viewer } from './viewer.ts'

/**
 * `/inspect/?user=1001&at=…&mrd=5001#ticket=…`: what `ViewerLink` of the protocol says. Becomes the address that is
 * used here; a ticket leaves it at once.
 */
function readLink(): string | undefined {
  const asked = new URLSearchParams(location.search)
  const ticket = /^#ticket=(.+)$/.exec(location.hash)?.[1]
  const user = asked.get('user') ?? undefined
  if (user === undefined && ticket === undefined) return undefined
  const at = momentOf(asked.get('at') ?? asked.get('from'))
  const mrd = asked.get('mrd') ?? undefined
  history.replaceState(null, '', location.pathname + placeHash({ user, mrd, at }))
  return ticket
}

/** Follows the address and writes it, without an end: the page lives as long as its viewer. */
export function followAddress(viewer: Viewer): void {
  const ticket = readLink()
  viewer.go(readPlace(location.hash))
  addEventListener('hashchange', () => viewer.go(readPlace(location.hash)))
  viewer.changes.listen(() => {
    const hash = placeHash(viewer.place)
    if (hash === location.hash || (location.hash === '' && hash === '#/')) return
    // Another user is another page to go back to; moments of one are not.
    if (readPlace(location.hash).user === viewer.place.user) history.replaceState(null, '', hash)
    else history.pushState(null, '', hash)
  })
  if (ticket !== undefined) void viewer.signInWith(() => Session.withTicket(TICKETS, ticket))
}
