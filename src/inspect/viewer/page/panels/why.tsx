/** Explains why the chosen actor is in its state at the moment that is shown. */
import { Fragment } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ExplainedState, Explanation, Link, Subject } from '../../../../history/explain/explanation.ts'
import type { Tell } from '../../../../times/index.ts'
import type { ActorFacts } from '../../../protocol.ts'
import { Chip } from '../look/chip.tsx'
import { clockBeside, dateAndClock, iso, sentence } from '../look/format.ts'
import { useViewer } from '../look/use-viewer.ts'
import { explanationOf } from '../net/explain.ts'
import { rest } from '../net/rest.ts'

type Answer =
  | { readonly state: 'asking' }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'there'; readonly explanation: Explanation }

export function WhyPanel() {
  const viewer = useViewer()
  const { session, place, story, actor, moment, isLive } = viewer
  const { user } = place
  const at = isLive ? undefined : moment?.at
  const version = isLive ? story?.version : 0
  const [answer, setAnswer] = useState<Answer>({ state: 'asking' })
  // asks again when a live story changes
  useEffect(() => {
    if (session === undefined || user === undefined) return
    const asking = new AbortController()
    rest(asking.signal)
      .then(() => explanationOf(session, user, at, asking.signal))
      .then(
        (explanation) => setAnswer({ state: 'there', explanation }),
        (error: unknown) => {
          if (!asking.signal.aborted)
            setAnswer({ state: 'failed', why: error instanceof Error ? error.message : String(error) })
        },
      )
    return () => asking.abort()
  }, [session, user, at, version])
  if (answer.state === 'asking')
    return (
      <p class="empty" role="status">
        Reading the journal …
      </p>
    )
  if (answer.state === 'failed') return <p class="empty" role="alert">{`This cannot be explained: ${answer.why}`}</p>
  const facts = story?.timeline.tracks.get(actor ?? '')?.facts
  const { states, rules, user: whose } = answer.explanation
  const tell = clockBeside(answer.explanation.at)
  const chosen = states.filter(({ subject }) => isAbout(subject, facts))
  const others = states.filter(({ subject }) => !isAbout(subject, facts))
  return (
    <div class="panel-body why">
      <p class="soft">
        {`Agent ${whose.id}${whose.name === '' ? '' : ` (${whose.name})`} at `}
        <time title={iso(answer.explanation.at)}>{dateAndClock(answer.explanation.at)}</time>
      </p>
      {chosen.map((state) => (
        <Why key={state.name} state={state} rules={rules} tell={tell} />
      ))}
      {chosen.length === 0 ? (
        <p class="soft">There is no explanation for this actor itself. The agent’s states are below.</p>
      ) : null}
      {others.length === 0 ? null : (
        <details open={chosen.length === 0}>
          <summary>{`The other states of the agent (${others.length})`}</summary>
          {others.map((state) => (
            <Why key={state.name} state={state} rules={rules} tell={tell} />
          ))}
        </details>
      )}
    </div>
  )
}

function isAbout(subject: Subject, facts: ActorFacts | undefined): boolean {
  if (facts === undefined) return false
  if (subject.kind === 'voice') return facts.kind === 'user'
  if (subject.kind === 'media') return facts.kind === 'media' && facts.mrd === subject.mrd
  if (subject.kind === 'dialog') return facts.kind === 'task' && facts.dialog === subject.dialog
  if (subject.kind === 'call') return (facts.kind === 'call' || facts.kind === 'leg') && facts.dialog === subject.dialog
  return facts.kind === 'presence' && facts.side === subject.side
}

interface WhyProps {
  readonly state: ExplainedState
  readonly rules: Explanation['rules']
  readonly tell: Tell
}

/** The ids of the rules that a reason cites, with their sentences. */
function Cited({ rule, rules }: { readonly rule: string; readonly rules: Explanation['rules'] }) {
  return rule
    .split(', ')
    .filter((id) => id !== '')
    .map((id) => (
      <Fragment key={id}>
        <span class="rule" title={rules[id]}>
          {id}
        </span>{' '}
      </Fragment>
    ))
}

function Why({ state, rules, tell }: WhyProps) {
  return (
    <section>
      <h3>
        {state.name} <Chip state={state.state} />
      </h3>
      <p class="soft">
        {state.since === null ? 'It has never changed.' : `since ${tell(state.since)}`}
        {state.before === null ? '' : `, before: ${state.before}`}
      </p>
      <ul class="reasons">
        {state.reasons.map(({ text, rule }) => (
          <li key={text}>
            {sentence(text, tell)} <Cited rule={rule} rules={rules} />
          </li>
        ))}
        {state.next.map(({ text, rule, due }) => (
          <li key={text}>
            {`At ${tell(due)}: ${sentence(text, tell)}`} <Cited rule={rule} rules={rules} />
          </li>
        ))}
      </ul>
      {state.because.length === 0 ? null : (
        <>
          <h4>What led to it, latest first</h4>
          <ol class="chain">
            {state.because.map((link, index) => (
              <li key={index}>
                <LinkLine link={link} tell={tell} />
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}

function LinkLine({ link, tell }: { readonly link: Link; readonly tell: Tell }) {
  const viewer = useViewer()
  if (!link.kept) return <span class="soft">what led to this is not kept any more</span>
  const { at, what, who, position } = link
  return (
    <>
      <button
        type="button"
        class="plain time"
        title={`${iso(at)}, journal row ${position}: go there`}
        onClick={() => viewer.go({ ...viewer.place, at })}
      >
        {tell(at)}
      </button>{' '}
      {what}
      {who === null ? null : (
        <span class="soft">{who.by === null ? ` (${who.via})` : ` (by ${who.by}, ${who.via})`}</span>
      )}
    </>
  )
}
