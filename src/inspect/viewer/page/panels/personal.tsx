/** Says that personal data is hidden, and on demand what that means. */
import { useEffect, useRef, useState } from 'preact/hooks'

export function PersonalHidden() {
  const [isOpen, setOpen] = useState(false)
  const dialog = useRef<HTMLDialogElement>(null)
  const close = () => setOpen(false)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <>
      <button type="button" class="plain" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        personal data hidden
      </button>
      <dialog ref={dialog} class="help" aria-labelledby="personal-title" onClose={close}>
        <h2 id="personal-title">Personal data is hidden</h2>
        <p>The server sends this page none of these, so nothing here shows them or finds them:</p>
        <ul>
          <li>names of agents: the list, the search, titles and payloads have only their ids</li>
          <li>telephone numbers of callers and of mobile agents, and what clients typed</li>
          <li>values of call variables; their names are shown</li>
        </ul>
        <p>
          In payloads they are <b>(hidden)</b>, in explanations <b>…</b>. Passwords are never sent. To see the rest,
          start the server with <code>--inspect-personal</code>; in a server of your own, give{' '}
          <code>personal: true</code>.
        </p>
        <button type="button" onClick={close}>
          Close
        </button>
      </dialog>
    </>
  )
}
