/** The list of keyboard shortcuts. */
import { useEffect, useRef } from 'preact/hooks'

const KEYS: readonly (readonly [string, string])[] = [
  ['← →, or , .', 'one step back or forward: one actor’s reaction to one event'],
  ['Shift + ← →', 'one input back or forward, with all its consequences'],
  ['Home, End', 'first step, last step'],
  ['p', 'pause'],
  ['l', 'live: what happens now'],
  ['e', 'load earlier steps from the journal'],
  ['/', 'search'],
  ['1 2 3', 'all charts, one chart, messages'],
  ['s c w', 'step, context, why'],
  ['[ ]', 'the previous actor, the next actor'],
  ['Tab', 'through everything; in a chart through its states and arrows'],
  ['+ − 0, arrows', 'in a chart that has the focus: zoom, fit, move'],
  ['f', 'show only the state machines, or everything again'],
  ['?', 'this list'],
]

export function Help({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.flatMap(([keys, what]) => [
          <dt key={keys}>
            <kbd>{keys}</kbd>
          </dt>,
          <dd key={what}>{what}</dd>,
        ])}
      </dl>
      <button type="button" onClick={close}>
        Close
      </button>
    </dialog>
  )
}
