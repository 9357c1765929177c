/** The dialog with the links of wallboards, for administrators. */
import { button, element } from '../../../pages/browser/dom.ts'
import type { Session } from '../../../pages/browser/session.ts'
import type { BoardKiosk, NewBoardKiosk } from '../protocol.ts'
import { openDialog, sentenceOf } from './dialog.ts'

const KIOSKS = '/inspect/board/kiosks'

export function openKiosks(session: Session): void {
  const list = element('ul', { class: 'kiosks' })
  const made = element('p', { class: 'made', role: 'status' })
  const problem = element('p', { class: 'problem', role: 'alert' })
  const name = element('input', { id: 'kiosk-name', required: '', maxlength: 128, autocomplete: 'off' })
  const form = element(
    'form',
    {},
    element('label', { for: 'kiosk-name' }, 'Name of a new wallboard'),
    name,
    element('button', { type: 'submit', class: 'primary' }, 'Make a link'),
  )
  const attempt = (work: () => Promise<void>) => {
    problem.textContent = ''
    void work().catch((error: unknown) => {
      problem.textContent = sentenceOf(error)
    })
  }
  const show = async () => {
    const kiosks: readonly BoardKiosk[] = await (await session.get(KIOSKS)).json()
    const revoke = (id: string) =>
      attempt(async () => {
        await session.send('DELETE', `${KIOSKS}/${encodeURIComponent(id)}`)
        await show()
      })
    list.replaceChildren(...kiosks.map((kiosk) => entryOf(kiosk, () => revoke(kiosk.id))))
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    attempt(async () => {
      const kiosk: NewBoardKiosk = await (await session.send('POST', KIOSKS, { name: name.value })).json()
      const link = `${location.origin}/inspect/board#kiosk=${kiosk.secret}`
      const shown = element('input', { readonly: '', 'aria-label': `Link of ${kiosk.name}`, class: 'link' })
      shown.value = link
      made.replaceChildren('Open this link at the wallboard. It is shown only now:', shown)
      shown.select()
      name.value = ''
      await show()
    })
  })
  attempt(show)
  const about = element('p', { class: 'soft' }, 'Whoever has such a link sees the whole board, and can change nothing.')
  openDialog('Links for wallboards', about, form, made, list, problem)
  name.focus()
}

function entryOf({ name, by, at }: BoardKiosk, revoke: () => void): HTMLElement {
  const since = new Date(at).toLocaleDateString(undefined, { dateStyle: 'medium' })
  const text = element('span', {}, element('b', {}, name), ` made by ${by}, ${since}`)
  return element('li', {}, text, button('Revoke', `Revoke the link of ${name}`, revoke))
}
