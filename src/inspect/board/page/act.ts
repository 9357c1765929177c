/** The dialogs by which a supervisor acts: on the state of a team member, and with a message to a team. */
import { button, element } from '../../../pages/browser/dom.ts'
import type { Session } from '../../../pages/browser/session.ts'
import type { BoardAgent, BoardStateChange, BoardTeamMessage } from '../protocol.ts'
import { wordOf } from './chip.ts'
import { openDialog, sentenceOf } from './dialog.ts'
import { cellOf, type Model } from './model.ts'

const BOARD = '/inspect/board'
const VOICE = '1'

/** What a supervisor may ask for, with the question before it and the states in which it changes nothing. */
const CHANGES = [
  {
    state: 'READY',
    text: 'Make ready',
    ask: (name: string) => `Make ${name} ready? Calls may come at once.`,
    not: ['READY', 'LOGOUT'],
  },
  {
    state: 'NOT_READY',
    text: 'Make not ready',
    ask: (name: string) => `Make ${name} not ready? The reason will be "supervisor initiated".`,
    not: ['NOT_READY', 'LOGOUT'],
  },
  {
    state: 'LOGOUT',
    text: 'Sign out',
    ask: (name: string) => `Sign ${name} out? Open tasks are closed or go to others. A call goes on until its end.`,
    not: ['LOGOUT'],
  },
] as const

/** Changes the state of an agent, after a question. */
export function openAgent(session: Session, { id, name, ...agent }: BoardAgent, model: Model): void {
  const state = cellOf({ id, name, ...agent }, VOICE)?.state ?? 'LOGOUT'
  const about = element('p', { class: 'soft' }, `${id} · ${model.teamName(agent.team)} · ${wordOf(VOICE, state)}`)
  const place = element('div', { class: 'choices' })
  const choose = () =>
    place.replaceChildren(
      ...CHANGES.map(({ state: wanted, text, ask, not }) => {
        const body: BoardStateChange = { user: id, state: wanted }
        const confirm = () =>
          confirmIn(place, ask(name), text, () => session.send('POST', `${BOARD}/states`, body), choose, close)
        const made = button(text, `${text}: ${name}`, confirm)
        made.disabled = not.some((each) => each === state)
        return made
      }),
    )
  choose()
  const close = openDialog(name, about, place)
}

/** A question in place of the choices. The answer of the server is shown if it refuses. */
function confirmIn(
  place: HTMLElement,
  question: string,
  yes: string,
  send: () => Promise<unknown>,
  back: () => void,
  done: () => void,
): void {
  const problem = element('p', { class: 'problem', role: 'alert' })
  const confirm = button(yes, yes, () => {
    confirm.disabled = true
    problem.textContent = ''
    void send().then(done, (error: unknown) => {
      confirm.disabled = false
      problem.textContent = sentenceOf(error)
    })
  })
  confirm.className = 'primary'
  const cancel = button('Cancel', 'Cancel', back)
  place.replaceChildren(element('p', { class: 'question', role: 'status' }, question), confirm, cancel, problem)
  cancel.focus()
}

/** How long a message may stand: the text, and seconds. */
const DURATIONS = [
  ['15 minutes', 900],
  ['1 hour', 3600],
  ['8 hours', 28_800],
] as const

const CHARACTERS_MOST = 255

/** Writes a message to a team, after a question. */
export function openMessage(session: Session, model: Model, team: string): void {
  const teams = model.head?.teams ?? []
  const to = element('select', { id: 'message-team' })
  to.append(...teams.map(({ id, name }) => element('option', { value: id }, name)))
  if (team !== '') to.value = team
  const text = element('textarea', { id: 'message-text', rows: 3, maxlength: CHARACTERS_MOST, required: '' })
  const time = element('select', { id: 'message-time' })
  time.append(...DURATIONS.map(([name, seconds]) => element('option', { value: seconds }, name)))
  const form = element(
    'form',
    {},
    ...[element('label', { for: 'message-team' }, 'To the team'), to],
    ...[element('label', { for: 'message-text' }, 'Message'), text],
    ...[element('label', { for: 'message-time' }, 'Shown for'), time],
    element('button', { type: 'submit', class: 'primary' }, 'Send…'),
  )
  const place = element('div', { class: 'choices' })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const body: BoardTeamMessage = { teams: [to.value], content: text.value, durationSeconds: Number(time.value) }
    const agents = [...model.agents.values()].filter((agent) => agent.team === to.value).length
    const question = `Send this to the ${agents} agents of ${model.teamName(to.value)}: "${text.value.trim()}"`
    form.hidden = true
    const back = () => {
      place.replaceChildren()
      form.hidden = false
      text.focus()
    }
    confirmIn(place, question, 'Send', () => session.send('POST', `${BOARD}/messages`, body), back, close)
  })
  const close = openDialog('Message to a team', form, place)
  text.focus()
}
