/** The sign-in form. */
import { element } from '../../../pages/browser/dom.ts'
import { NotSignedIn, Refused, Session } from '../../../pages/browser/session.ts'

export const TICKETS = '/inspect/board/tickets'

/** Shows the form in `place` until the sign-in succeeds. `why` is the reason why it is shown, if there is one. */
export function signInForm(place: HTMLElement, why: string, signedIn: (session: Session) => void): void {
  const name = element('input', { id: 'name', name: 'name', autocomplete: 'username', required: '', maxlength: 256 })
  const password = element('input', {
    id: 'password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: '',
    maxlength: 512,
  })
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Sign in')
  const problem = element('p', { class: 'problem', role: 'alert' }, why)
  const form = element(
    'form',
    { class: 'sign-in' },
    element('h1', {}, 'mrdian board'),
    element('p', { class: 'soft' }, 'Supervisors see their teams, administrators see all agents.'),
    element('label', { for: 'name' }, 'User id or login name'),
    name,
    element('label', { for: 'password' }, 'Password'),
    password,
    submit,
    problem,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit.disabled = true
    problem.textContent = ''
    void Session.begin(TICKETS, name.value.trim(), password.value)
      .then(signedIn)
      .catch((error: unknown) => {
        submit.disabled = false
        problem.textContent = problemOf(error)
        password.select()
      })
  })
  place.replaceChildren(form)
  name.focus()
}

/** True if the server does not know the viewer, or the viewer may not see the board. Trying again does not help. */
export const isNotAdmitted = (error: unknown): error is Error =>
  error instanceof NotSignedIn || (error instanceof Refused && error.code === 'FORBIDDEN')

function problemOf(error: unknown): string {
  if (!isNotAdmitted(error)) return 'The server cannot be reached. Try again.'
  return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`
}
