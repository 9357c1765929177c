/** `PUT /User/{id}/Media/{mrdId}` (`media 5.1` to 5.5). */
import type { DialogLogoutAction, InterruptAction } from '../../machines/wire.ts'
import type { XmlElement } from './parse.ts'
import { accept, oneOf, type Read, readRoot, readTexts, refuse } from './request.ts'

export type MediaRequest =
  | {
      readonly type: 'signIn'
      readonly maxDialogLimit: number
      readonly interruptAction: InterruptAction
      readonly dialogLogoutAction?: DialogLogoutAction
    }
  | { readonly type: 'setState'; readonly state: (typeof STATES)[number]; readonly reasonCodeId?: string }
  | { readonly type: 'setRoutable'; readonly routable: boolean }

// ACTIVE leaves the work state (ruling 17).
const STATES = ['READY', 'NOT_READY', 'LOGOUT', 'ACTIVE'] as const
const INTERRUPT_ACTIONS = ['ACCEPT', 'IGNORE'] as const
const LOGOUT_ACTIONS = ['CLOSE', 'TRANSFER'] as const
const LIMIT = /^0*(?:[1-9]|10)$/

const ELEMENTS = [
  'state',
  'routable',
  'reasonCodeId',
  'maxDialogLimit',
  'interruptAction',
  'dialogLogoutAction',
] as const

/** Reads the body of a change of a medium. `undefined` stands for a request without a body. */
export function readMediaRequest(body: string | undefined): Read<MediaRequest> {
  const root = readRoot(body, 'Media')
  if (!root.ok) return root
  const texts = readTexts(root.value, ELEMENTS)
  if (!texts.ok) return texts
  const state = texts.value('state')
  const routable = texts.value('routable')
  if (state === '') return readRoutable(routable, root.value)
  // A request may change the state or the mode, but not both.
  if (routable !== '') return refuse('INVALID_INPUT', 'routable')
  return state === 'LOGIN' ? readSignIn(texts.value) : readStateChange(state, texts.value('reasonCodeId'))
}

function readRoutable(routable: string, media: XmlElement): Read<MediaRequest> {
  if (routable === '') return refuse('PARAMETER_MISSING', missingIntent(media))
  if (routable !== 'true' && routable !== 'false') return refuse('BAD_REQUEST', 'routable')
  return accept({ type: 'setRoutable', routable: routable === 'true' })
}

/** The missing parameter of a request without state and mode: `routable` if present without `state`, else `state`. */
function missingIntent(media: XmlElement): 'state' | 'routable' {
  const names = media.children.map(({ name }) => name)
  return names.includes('routable') && !names.includes('state') ? 'routable' : 'state'
}

function readStateChange(text: string, reasonCodeId: string): Read<MediaRequest> {
  const state = oneOf(STATES, text)
  if (state === undefined) return refuse('INVALID_INPUT', 'state')
  // Clients send the reason of the last NOT_READY again with READY. It is ignored (ruling 44).
  if (reasonCodeId === '' || state === 'READY') return accept({ type: 'setState', state })
  // A reason explains NOT_READY and LOGOUT only (`media 5.3`).
  if (state !== 'NOT_READY' && state !== 'LOGOUT') return refuse('INVALID_INPUT', 'reasonCodeId')
  return accept({ type: 'setState', state, reasonCodeId })
}

function readSignIn(text: (name: (typeof ELEMENTS)[number]) => string): Read<MediaRequest> {
  const maxDialogLimit = text('maxDialogLimit')
  if (maxDialogLimit === '') return refuse('PARAMETER_MISSING', 'maxDialogLimit')
  if (text('interruptAction') === '') return refuse('PARAMETER_MISSING', 'interruptAction')
  if (!LIMIT.test(maxDialogLimit)) return refuse('INVALID_LIMIT', 'maxDialogLimit')
  const interruptAction = oneOf(INTERRUPT_ACTIONS, text('interruptAction'))
  if (interruptAction === undefined) return refuse('INVALID_INPUT', 'interruptAction')
  const signIn = { type: 'signIn', maxDialogLimit: Number(maxDialogLimit), interruptAction } as const
  if (text('dialogLogoutAction') === '') return accept(signIn)
  const dialogLogoutAction = oneOf(LOGOUT_ACTIONS, text('dialogLogoutAction'))
  if (dialogLogoutAction === undefined) return refuse('INVALID_INPUT', 'dialogLogoutAction')
  return accept({ ...signIn, dialogLogoutAction })
}
