/** Dialogs of the board. The browser keeps the focus inside, and Escape closes them. */
import { button, element } from '../../../pages/browser/dom.ts'

/** Shows a dialog. Returns what closes it. The focus goes back to where it was. */
export function openDialog(title: string, ...content: readonly HTMLElement[]): () => void {
  const before = document.activeElement
  const node = element('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title' })
  const close = () => node.close()
  node.append(
    element(
      'header',
      {},
      element('h2', { id: 'dialog-title' }, title),
      button('\u2715', 'Close', () => close()),
    ),
    ...content,
  )
  node.addEventListener('close', () => {
    node.remove()
    if (before instanceof HTMLElement && before.isConnected) before.focus()
  })
  document.body.append(node)
  node.showModal()
  return close
}

/** The words of an error for people: a sentence. */
export function sentenceOf(error: unknown): string {
  // `fetch` rejects with a TypeError if the server does not answer.
  const text = error instanceof TypeError || !(error instanceof Error) ? 'the server cannot be reached' : error.message
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
