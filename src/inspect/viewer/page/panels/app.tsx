/** The page as a whole. */
import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../look/icon.tsx'
import { useChanges, useViewer, ViewerContext } from '../look/use-viewer.ts'
import type { Panel, View, Viewer } from '../model/viewer.ts'
import { Actors } from './actors.tsx'
import { Agents } from './agents.tsx'
import { Calls } from './calls.tsx'
import { Help } from './help.tsx'
import { ContextPanel, StepPanel } from './inspector.tsx'
import { keyOfPage } from './keys.ts'
import { LanesPanel } from './lanes.tsx'
import { Messages } from './messages.tsx'
import { SignInForm } from './sign-in.tsx'
import { Simulation } from './simulation.tsx'
import { Stage } from './stage.tsx'
import { Status } from './status.tsx'
import { Tabs } from './tabs.tsx'
import { TimeBar } from './time-bar.tsx'
import { WhyPanel } from './why.tsx'

export function App({ viewer }: { readonly viewer: Viewer }) {
  useChanges(viewer)
  return (
    <ViewerContext.Provider value={viewer}>
      {viewer.signIn.state === 'in' ? <Page /> : <SignInForm />}
    </ViewerContext.Provider>
  )
}

const VIEWS: readonly (readonly [View, string])[] = [
  ['lanes', 'Lanes'],
  ['charts', 'All charts'],
  ['chart', 'One chart'],
  ['messages', 'Messages'],
]

const PANELS: readonly (readonly [Panel, string])[] = [
  ['step', 'Step'],
  ['context', 'Context'],
  ['why', 'Why?'],
]

function Page() {
  const viewer = useViewer()
  const [isHelp, setHelp] = useState(false)
  useEffect(() => {
    const key = (event: KeyboardEvent) => keyOfPage(viewer, event, () => setHelp(true))
    addEventListener('keydown', key)
    return () => removeEventListener('keydown', key)
  }, [viewer])
  const { user } = viewer.place
  return (
    <div class={`page${viewer.isWide && user !== undefined ? ' wide' : ''}`}>
      <header class="top">
        <h1>mrdian inspector</h1>
        <Status />
        <button type="button" aria-label="Keys and help" title="Keys ( ? )" onClick={() => setHelp(true)}>
          ?
        </button>
        <button type="button" onClick={() => viewer.signOut()}>
          Sign out
        </button>
      </header>
      <Simulation />
      <Agents />
      {user === undefined ? <Welcome /> : <OneAgent user={user} />}
      <Help isOpen={isHelp} close={() => setHelp(false)} />
    </div>
  )
}

function Welcome() {
  return (
    <main class="welcome">
      <h2>Choose an agent</h2>
      <p>
        The list shows every agent and the state of every medium, as it is now. Choose one to see the state machines at
        work, the messages between them, and why they are in their states.
      </p>
      <p class="soft">Filter by a state to find, for example, all agents who are INTERRUPTED. Press ? for the keys.</p>
    </main>
  )
}

/** The scrolling part of a panel. It can have the focus, so that keys can scroll it. */
const SCROLLS = { tabIndex: 0 } as const

function OneAgent({ user }: { readonly user: string }) {
  const viewer = useViewer()
  const { view, panel, story } = viewer
  const name = viewer.names.ofUser(user)
  return (
    <main class="one" aria-label={`Agent ${user}`}>
      <TimeBar />
      <section class="stage" aria-label="State machines">
        <div class="stage-head">
          <h2>{`Agent ${user}${name === '' ? '' : `, ${name}`}`}</h2>
          <Tabs label="View" name="view" tabs={VIEWS} chosen={view} choose={(each) => viewer.set('view', each)} />
          <button
            type="button"
            class="widen"
            aria-pressed={viewer.isWide}
            aria-label="Only the state machines"
            title="Only the state machines ( f )"
            onClick={() => viewer.widen()}
          >
            <Icon of="wide" />
          </button>
        </div>
        {view === 'messages' ? null : <Calls />}
        {view === 'chart' ? <Actors /> : null}
        <div class="stage-body" role="tabpanel" id="view-panel" aria-label={VIEWS.find(([each]) => each === view)?.[1]}>
          {story === undefined ? (
            <p class="empty" role="status">
              Reading the journal …
            </p>
          ) : view === 'messages' ? (
            <Messages />
          ) : view === 'lanes' ? (
            <LanesPanel key={user} />
          ) : (
            <Stage />
          )}
        </div>
      </section>
      <section class="side" aria-label="Details">
        <Tabs label="Details" name="panel" tabs={PANELS} chosen={panel} choose={(each) => viewer.set('panel', each)} />
        <div
          class="side-body"
          role="tabpanel"
          id="panel-panel"
          aria-label={PANELS.find(([each]) => each === panel)?.[1]}
          {...SCROLLS}
        >
          {panel === 'step' ? <StepPanel /> : panel === 'context' ? <ContextPanel /> : <WhyPanel />}
        </div>
      </section>
    </main>
  )
}
