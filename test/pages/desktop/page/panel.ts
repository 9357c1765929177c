/** What an agent sees and can press. A call has a button for each action that the server allows, and no others. */
import { button, element } from '../../../../src/pages/browser/dom.ts'
import type { Known } from './known.ts'
import type { Typed } from './requests.ts'
import { all, text } from './xml.ts'

export interface Pressed {
  signIn(): void
  state(wanted: string): void
  call(typed: Typed): void
  act(dialog: string, action: string, typed: Typed): void
}

export class Panel {
  readonly node: HTMLElement
  readonly #extension: string
  readonly #pressed: Pressed
  readonly #state = element('p', { class: 'state' })
  readonly #calls = element('div', { class: 'calls' })
  readonly #problem = element('p', { class: 'problem' })
  readonly #number = element('input', { placeholder: 'Number' })
  readonly #tones = element('input', { placeholder: 'Tones' })
  readonly #note = element('input', { placeholder: 'Note' })
  readonly #reason = element('select', {}, element('option', { value: '' }, 'No wrap-up reason'))

  constructor(name: string, extension: string, pressed: Pressed) {
    this.#extension = extension
    this.#pressed = pressed
    const press = (label: string, act: () => void) => button(label, label, act)
    this.node = element(
      'section',
      { 'data-agent': extension },
      element('h1', {}, name),
      this.#state,
      press('Sign in', () => pressed.signIn()),
      press('Ready', () => pressed.state('READY')),
      press('Not ready', () => pressed.state('NOT_READY')),
      press('Call', () => pressed.call(this.#typed)),
      element('div', { class: 'fields' }, this.#number, this.#tones, this.#note, this.#reason),
      this.#calls,
      this.#problem,
    )
  }

  reasons(labels: readonly string[]): void {
    this.#reason.append(...labels.map((label) => element('option', { value: label }, label)))
  }

  /** Shows what is known. Tells of it with the event `shown`. */
  show({ user, dialogs, problem }: Known): void {
    const pending = user ? text(user, 'pendingState') : ''
    this.#state.textContent = `${user ? text(user, 'state') : ''}${pending === '' ? '' : ` then ${pending}`}`
    this.#calls.replaceChildren(...[...dialogs.values()].map((dialog) => this.#call(dialog)))
    this.#problem.textContent = problem
    this.node.dispatchEvent(new CustomEvent('shown', { bubbles: true }))
  }

  get #typed(): Typed {
    return {
      number: this.#number.value,
      tones: this.#tones.value,
      note: this.#note.value,
      wrapUpReason: this.#reason.value,
    }
  }

  #call(dialog: Element): HTMLElement {
    const id = text(dialog, 'id')
    const participants = all(dialog, 'participants/Participant')
    const own = participants.find((each) => text(each, 'mediaAddress') === this.#extension)
    const actions = own ? all(own, 'actions/action').map(({ textContent }) => textContent ?? '') : []
    return element(
      'article',
      { 'data-dialog': id },
      element('header', {}, headOf(dialog)),
      element('ul', {}, ...participants.map((each) => element('li', {}, partyOf(each)))),
      element('p', { class: 'data' }, dataOf(dialog)),
      ...actions.map((name) => button(name, name, () => this.#pressed.act(id, name, this.#typed))),
    )
  }
}

function headOf(dialog: Element): string {
  const [state, type] = [text(dialog, 'state'), text(dialog, 'mediaProperties/callType')]
  return `${state} ${type} ${text(dialog, 'fromAddress')} → ${text(dialog, 'toAddress')}`
}

const partyOf = (participant: Element): string =>
  ['mediaAddress', 'state', 'stateCause']
    .map((name) => text(participant, name))
    .join(' ')
    .trim()

/** The first call variable and the wrap-up reason. */
function dataOf(dialog: Element): string {
  const [variable] = all(dialog, 'mediaProperties/callvariables/CallVariable')
  return [variable ? text(variable, 'value') : '', text(dialog, 'mediaProperties/wrapUpReason')]
    .filter((each) => each !== '')
    .join(', ')
}
