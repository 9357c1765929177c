/** Commands that may be sent again, because their answer was lost: what a caller says about one, and what is known of it. */
import { type CodeOf, MrdianError } from '../../errors/mrdian-error.ts'
import type { Refused } from '../commands.ts'
import type { Origin } from '../ports.ts'

/** A request of a caller, with the key by which the caller sends it again. */
export interface KeyedRequest {
  /** `via` and `by` are the caller. */
  readonly origin: Origin
  /** 1 to 256 characters. */
  readonly key: string
  /** All of what is requested, for example method, path and body. The store gets a hash of it only. */
  readonly content: string
  /**
   * `surely`: the caller promises that keys are unique. Another request with the same key is an error. `probably`: there
   * are callers who use one key for everything. Another request with the same key is a new one, and so is the same
   * request when the state is no longer the one that it has left.
   */
  readonly isUnique: 'surely' | 'probably'
}

/** A request that was accepted before. */
export interface KnownCommand {
  /** Id of the task or call that it made; `undefined` if none. */
  readonly made: string | undefined
  /** Position of its row in the journal. */
  readonly position: number
  /** It is a transfer, and the ACD had not answered when it was committed. */
  readonly isUnderWay: boolean
  /** Why it was refused; `undefined` if it was not. */
  readonly refused: RefusedBefore | undefined
}

/** The refusal of a command, as its journal row has it. Its sentence is made again. */
export type RefusedBefore = Pick<Refused, 'code' | 'about' | 'state' | 'allowed'>

/** What to do with a keyed request. */
export interface KeyedWork<T> {
  /** Does what is requested, with this origin. */
  first(origin: Origin): Promise<T> | T
  /** The answer to the same request, which was accepted before. */
  again(known: KnownCommand): Promise<T> | T
}

/** The key was used for another request, by a caller who promises that keys are unique. */
export class KeyReused extends MrdianError {
  override readonly name = 'KeyReused'
  readonly code: CodeOf<'KeyReused'> = 'KEY_REUSED'
  constructor() {
    super('the key was used for another request before')
  }
}

/** Hashes, which the engine cannot make by itself: it has no randomness. */
export interface Fingerprints {
  /** A new random text, which nobody can guess. */
  salt(): string
  /** A keyed hash of a text, without the salt as good as random. */
  of(salt: string, text: string): string
}
