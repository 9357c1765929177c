/** `PUT /User/{id}`: sign-in, sign-out and state changes (`user 4.1` to 4.3, 4.8, 4.9). */
import type { MobileAgentMode } from '../../machines/wire.ts'
import type { Platform } from '../directory/model.ts'
import type { XmlElement } from './parse.ts'
import { accept, oneOf, type Read, readChild, readRoot, readTexts, refuse } from './request.ts'

export interface MobileAgentRequest {
  readonly mode: MobileAgentMode
  readonly dialNumber: string
}

export type UserRequest =
  | { readonly type: 'signIn'; readonly extension: string; readonly mobileAgent?: MobileAgentRequest }
  | {
      readonly type: 'setState'
      readonly state: (typeof STATES)[number]
      /** Id of the reason code in the database, as sent. */
      readonly reasonCodeId?: string
    }

// An agent cannot ask for the last two either, but the state machine refuses them (`user 5.6`).
const STATES = ['READY', 'NOT_READY', 'LOGOUT', 'WORK', 'WORK_READY'] as const
const MODES = ['CALL_BY_CALL', 'NAILED_CONNECTION'] as const

/** Valid extensions. Only CCX allows E.164 numbers (`user 4.1`). */
const EXTENSION: Readonly<Record<Platform, RegExp>> = {
  CCE: /^[0-9A-Za-z*#]{1,32}$/,
  CCX: /^(?:\+[0-9]{1,14}|[0-9A-Za-z*#]{1,32})$/,
}
const DIAL_NUMBER = /^[+0-9*#(). -]{1,64}$/

/** Reads the body of a change of a user. `undefined` stands for a request without a body. */
export function readUserRequest(body: string | undefined, platform: Platform): Read<UserRequest> {
  const root = readRoot(body, 'User')
  if (!root.ok) return root
  const texts = readTexts(root.value, ['state', 'extension', 'reasonCodeId'])
  if (!texts.ok) return texts
  const state = texts.value('state')
  if (state === '') return refuse('PARAMETER_MISSING', 'state')
  if (state === 'LOGIN') return readSignIn(root.value, texts.value('extension'), platform)
  return readStateChange(state, texts.value('reasonCodeId'))
}

function readStateChange(text: string, reasonCodeId: string): Read<UserRequest> {
  const state = oneOf(STATES, text)
  if (state === undefined) return refuse('INVALID_USER_STATE_VALUE', 'state')
  // Clients send the reason of the last NOT_READY again with READY. It is ignored (ruling 44).
  if (reasonCodeId === '' || state === 'READY') return accept({ type: 'setState', state })
  // A reason explains NOT_READY and LOGOUT only (`user 4.9`).
  if (state !== 'NOT_READY' && state !== 'LOGOUT') return refuse('INVALID_INPUT', 'reasonCodeId')
  return accept({ type: 'setState', state, reasonCodeId })
}

function readSignIn(user: XmlElement, extension: string, platform: Platform): Read<UserRequest> {
  if (extension === '') return refuse('PARAMETER_MISSING', 'extension')
  if (!EXTENSION[platform].test(extension)) return refuse('BAD_REQUEST', 'extension')
  const mobile = readChild(user, 'mobileAgent')
  if (!mobile.ok) return mobile
  if (mobile.value === undefined) return accept({ type: 'signIn', extension })
  const mobileAgent = readMobileAgent(mobile.value)
  return mobileAgent.ok ? accept({ type: 'signIn', extension, mobileAgent: mobileAgent.value }) : mobileAgent
}

function readMobileAgent(element: XmlElement): Read<MobileAgentRequest> {
  if (element.mixed || (element.children.length === 0 && element.text !== ''))
    return refuse('BAD_REQUEST', 'mobileAgent')
  const texts = readTexts(element, ['mode', 'dialNumber'])
  if (!texts.ok) return texts
  if (texts.value('mode') === '') return refuse('PARAMETER_MISSING', 'mode')
  const mode = oneOf(MODES, texts.value('mode'))
  if (mode === undefined) return refuse('INVALID_INPUT', 'mode')
  const dialNumber = texts.value('dialNumber')
  if (dialNumber === '') return refuse('PARAMETER_MISSING', 'dialNumber')
  return DIAL_NUMBER.test(dialNumber) ? accept({ mode, dialNumber }) : refuse('INVALID_INPUT', 'dialNumber')
}
