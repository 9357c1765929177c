/** The page of the board: the sign-in, then the agents and their media, live. */
import { element } from '../../../pages/browser/dom.ts'
import type { Session } from '../../../pages/browser/session.ts'
import { Bar } from './bar.ts'
import { csvOf, save } from './csv.ts'
import { type Filters, filtersOf, hashOf, LATE, shownOf } from './filters.ts'
import { Grid } from './grid.ts'
import { Model } from './model.ts'
import { signInForm } from './sign-in.ts'
import { BoardStream } from './stream.ts'
import { Summary } from './summary.ts'

function ask(place: HTMLElement, why: string): void {
  signInForm(place, why, (session) => showBoard(place, session))
}

function showBoard(place: HTMLElement, session: Session): void {
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
    history.replaceState(null, '', `${location.pathname}${hashOf(filters) === '' ? '' : `#${hashOf(filters)}`}`)
    later()
  }
  const end = (why: string) => {
    stream.end()
    clearInterval(clock)
    removeEventListener('hashchange', takeHash)
    removeEventListener('keydown', shortcut)
    ask(place, why)
  }
  const bar = new Bar(model, {
    filter: change,
    signOut: () => end(''),
    save: () => save(csvOf(model, shownOf(model, filters)), model.now()),
  })
  const summary = new Summary(model, change)
  const grid = new Grid(model, (sort) => change({ sort }))
  const main = element('main', {}, summary.node, grid.node)
  const stream = new BoardStream(session, {
    message: (message) => {
      const follows = model.apply(message)
      if (follows) later()
      return follows
    },
    connection: (state) => {
      if (state !== 'open') model.reconnecting()
      bar.connection(state)
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
if (place) ask(place, '')
