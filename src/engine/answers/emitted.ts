/** The event `command`, by which a host program can log all commands. */

import type { Listeners } from '../delivery/listeners.ts'
import type { CommandEvent, EngineEvents } from '../events.ts'

/** Emits the answer to a command. For a transfer that is under way, emits the outcome too, when it is known. */
export function emitAnswer(listeners: Listeners<EngineEvents>, { command, origin, answer }: CommandEvent): void {
  if (listeners.has('command')) listeners.emit('command', { command, origin, answer })
  if (answer.outcome !== 'UNDER_WAY') return
  // The promise never rejects.
  void answer.result.then((outcome) => listeners.emit('command', { command, origin, answer: outcome }))
}
