/** The page of the board: the sign-in, then the agents and their media, live. */
import { element } from '../../../pages/browser/dom.ts'
import { Session } from '../../../pages/browser/session.ts'
import { openAgent, openMessage } from './act.ts'
import { Bar } from './bar.ts'
import { csvOf, save } from './csv.ts'
import { type Filters, filtersOf, hashOf, kioskIn, LATE, shownOf } from './filters.ts'
import { Grid } from './grid.ts'
import { openKiosks } from './kiosks.ts'
import { Model } from './model.ts'
import { isNotAdmitted, signInForm, TICKETS } from './sign-in.ts'
import { BoardStream } from './stream.ts'
import { Summary } from './summary.ts'

/** Shows the board by the link of a wallboard, else to who is signed in in this browser; otherwise asks. */
async function begin(place: HTMLElement): Promise<void> {
  const kiosk = kioskIn(location.hash)
  if (kiosk !== '') return openKiosk(place, kiosk)
  const session = await Session.resume(TICKETS)
  if (session) showBoard(place, session)
  else ask(place, '')
}

function ask(place: HTMLElement, why: string): void {
  signInForm(place, why, (session) => showBoard(place, session))
}

/** Milliseconds until a wallboard tries again. Nobody stands by it who could load it again. */
const KIOSK_PAUSE_MS = 5000

async function openKiosk(place: HTMLElement, kiosk: string): Promise<void> {
  const say = (text: string) => place.replaceChildren(element('p', { class: 'notice', role: 'status' }, text))
  try {
    showBoard(place, await Session.ofKiosk(TICKETS, kiosk), kiosk)
  } catch (error) {
    if (isNotAdmitted(error)) return say('This link was revoked. An administrator can make another one.')
    say('The server cannot be reached; trying again.')
    setTimeout(() => void openKiosk(place, kiosk), KIOSK_PAUSE_MS)
  }
}

function showBoard(place: HTMLElement, session: Session, kiosk = ''): void {
  const model = new Model()
  let filters = filtersOf(location.hash)
  let isDue = false
  const render = () => {
    isDue = false
    if (!model.isReady) return
    const shown = shownOf(model, filters)
    bar.show(filters, shown.length)
    summary.show(filters)
    grid.show(shown, filters)
    main.dataset.ready = 'true'
  }
  /** Draws once per animation frame, even if many messages arrive. */
  const later = () => {
    if (isDue) return
    isDue = true
    requestAnimationFrame(render)
  }
  const change = (changed: Partial<Filters>) => {
    filters = { ...filters, ...changed }
    const hash = hashOf(filters, kiosk)
    history.replaceState(null, '', `${location.pathname}${hash === '' ? '' : `#${hash}`}`)
    later()
  }
  const end = (why: string) => {
    stream.end()
    clearInterval(clock)
    removeEventListener('hashchange', takeHash)
    removeEventListener('keydown', shortcut)
    if (kiosk === '') ask(place, why)
    else void openKiosk(place, kiosk)
  }
  const signOut = () => {
    // Without the server the sign-in lasts until its time is over; the page forgets it anyway.
    void session.signOut().catch(() => undefined)
    end('')
  }
  const bar = new Bar(model, {
    filter: change,
    signOut,
    kiosks: () => openKiosks(session),
    message: () => openMessage(session, model, filters.team),
    save: () => save(csvOf(model, shownOf(model, filters)), model.now()),
  })
  const summary = new Summary(model, change)
  const grid = new Grid(
    model,
    (sort) => change({ sort }),
    (agent) => openAgent(session, agent, model),
  )
  const main = element('main', {}, summary.node, grid.node)
  const stream = new BoardStream(session, {
    message: (message) => {
      const follows = model.apply(message)
      if (follows) later()
      return follows
    },
    connection: (state) => {
      if (state !== 'open') model.reconnecting()
      bar.connection(state, session.way)
      main.classList.toggle('stale', state === 'lost')
    },
    signedOut: end,
  })
  const clock = setInterval(() => {
    if (main.classList.contains('stale')) return
    summary.tick(model.now())
    grid.tick(model.now())
    bar.tick(model.now(), filters)
    // Somebody may have come over a limit without a change.
    if (filters.sort === LATE) later()
  }, 1000)
  const takeHash = () => {
    filters = filtersOf(location.hash)
    later()
  }
  const shortcut = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    bar.focusSearch()
  }
  addEventListener('hashchange', takeHash)
  addEventListener('keydown', shortcut)
  place.replaceChildren(bar.node, main)
}

const place = document.getElementById('board')
if (place) void begin(place)
