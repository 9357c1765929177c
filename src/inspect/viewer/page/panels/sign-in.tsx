/** The sign-in form. The page has no data before an administrator has signed in. */
import { useEffect, useRef } from 'preact/hooks'
import { useViewer } from '../look/use-viewer.ts'

export function SignInForm() {
  const viewer = useViewer()
  const { state, problem } = viewer.signIn
  const user = useRef<HTMLInputElement>(null)
  const password = useRef<HTMLInputElement>(null)
  useEffect(() => user.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    void viewer.signInAs(user.current?.value ?? '', password.current?.value ?? '')
  }
  const asked = viewer.place.user
  return (
    <main class="sign-in">
      <form onSubmit={submit} aria-labelledby="sign-in-title">
        <h1 id="sign-in-title">mrdian inspector</h1>
        <p class="soft">
          {asked === undefined
            ? 'Sign in as an administrator to watch the state machines of agents.'
            : `Sign in as an administrator to see agent ${asked}.`}
        </p>
        <label>
          Administrator
          <input ref={user} name="user" autocomplete="username" required autocapitalize="off" spellcheck={false} />
        </label>
        <label>
          Password
          <input ref={password} name="password" type="password" autocomplete="current-password" required />
        </label>
        <button type="submit" class="primary" disabled={state === 'trying'}>
          {state === 'trying' ? 'Signing in …' : 'Sign in'}
        </button>
        {problem === '' ? null : (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <p class="soft small">
          You are then signed in to the board too, in this browser, until you sign out or use neither for a quarter of
          an hour. The password is not kept.
        </p>
      </form>
    </main>
  )
}
