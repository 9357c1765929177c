/** Keeps the address of the page and the user and moment that are shown the same. */
import { Session } from '../../../../pages/browser/session.ts'
import { momentOf, placeHash, readPlace } from './link.ts'
import { TICKETS, type Viewer } from './viewer.ts'

/**
 * Reads a link of the form of `ViewerLink`, `/inspect/?user=1001&at=…&mrd=5001#ticket=…`, and replaces it by the form
 * that is used here, without the ticket. Returns the ticket.
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

/** Follows the address and updates it, as long as the page is open. */
export function followAddress(viewer: Viewer): void {
  const ticket = readLink()
  viewer.go(readPlace(location.hash))
  addEventListener('hashchange', () => viewer.go(readPlace(location.hash)))
  viewer.changes.listen(() => {
    const hash = placeHash(viewer.place)
    if (hash === location.hash || (location.hash === '' && hash === '#/')) return
    // Another user is a new entry in the browser's history. The first one and other moments of the same one are not.
    const { user } = readPlace(location.hash)
    if (user === undefined || user === viewer.place.user) history.replaceState(null, '', hash)
    else history.pushState(null, '', hash)
  })
  if (ticket !== undefined) void viewer.signInWith(() => Session.withTicket(TICKETS, ticket))
  else void viewer.resume()
}
