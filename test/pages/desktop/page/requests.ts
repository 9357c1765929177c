/** The bodies of requests. */
import { node } from './xml.ts'

/** What the agent has typed. */
export interface Typed {
  /** To call, to consult, to transfer to, to drop from a conference. */
  readonly number: string
  readonly tones: string
  /** For `callVariable1`. */
  readonly note: string
  readonly wrapUpReason: string
}

export const signIn = (extension: string): Element => node('User', node('state', 'LOGIN'), node('extension', extension))

export const state = (wanted: string): Element => node('User', node('state', wanted))

export const makeCall = (extension: string, { number }: Typed): Element =>
  node('Dialog', node('requestedAction', 'MAKE_CALL'), node('fromAddress', extension), node('toAddress', number))

/** An action on a call, with what it needs beside its name. */
export const action = (name: string, extension: string, typed: Typed): Element => {
  const target = name === 'PARTICIPANT_DROP' ? typed.number : extension
  return node('Dialog', node('requestedAction', name), node('targetMediaAddress', target), ...needed(name, typed))
}

function needed(name: string, { number, tones, note, wrapUpReason }: Typed): readonly Element[] {
  switch (name) {
    case 'CONSULT_CALL':
    case 'TRANSFER_SST':
      return [node('toAddress', number)]
    case 'SEND_DTMF':
      return [node('actionParams', node('ActionParam', node('name', 'dtmfString'), node('value', tones)))]
    case 'UPDATE_CALL_DATA': {
      const reason = wrapUpReason === '' ? [] : [node('wrapUpReason', wrapUpReason)]
      const variable = node('CallVariable', node('name', 'callVariable1'), node('value', note))
      return [node('mediaProperties', ...reason, ...(note === '' ? [] : [node('callvariables', variable)]))]
    }
    default:
      return []
  }
}
