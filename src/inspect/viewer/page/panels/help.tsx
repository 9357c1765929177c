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
  ['1 2 3 4', 'lanes, all charts, one chart, messages'],
  ['t', 'go to a time: 10:42, 5m ago'],
  ['i, Shift + i', 'the next interrupt, the previous one'],
  ['x, Shift + x', 'the next error, the previous one: something was missed, refused or lost'],
  ['s c w', 'step, context, why'],
  ['[ ]', 'the previous actor, the next actor'],
  ['Tab', 'through everything; in a chart through its states and arrows'],
  ['+ − 0, arrows', 'in a chart or lanes that have the focus: zoom, show everything, move'],
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
