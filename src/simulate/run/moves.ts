/**
 * Decides which commands an agent gives next in voice or in a medium, to become ready or to wind down. Gives no
 * commands itself.
 */
import type { Command } from '../../engine/commands.ts'
import type { Group } from '../scenario/schema.ts'

export interface Medium {
  state: string
  routable: boolean
  /** Whether its tasks are interrupted. The loss of the ACD link does not change that. */
  interrupted: boolean
}

/** The state of the agent, as the agent knows it from notifications. */
export interface Standing {
  readonly user: string
  readonly extension: string
  readonly group: Group
  readonly voice: string
  readonly media: ReadonlyMap<string, Medium>
}

/** Whether the agent is signed out, NOT_READY or not routable in any medium. */
export function isOff({ group, voice, media }: Standing): boolean {
  if (group.voice && (voice === 'NOT_READY' || voice === 'LOGOUT')) return true
  for (const { state, routable } of media.values())
    if (state !== 'WORK_NOT_READY' && (state === 'LOGOUT' || state === 'NOT_READY' || !routable)) return true
  return false
}

/** Commands that sign the agent in where necessary, and make the agent ready in all media. */
export function readyMoves({ user, extension, group, voice, media }: Standing): readonly Command[] {
  const commands: Command[] = []
  if (group.voice && voice === 'LOGOUT') commands.push({ type: 'user.signIn', user, extension })
  if (group.voice && (voice === 'LOGOUT' || voice === 'NOT_READY'))
    commands.push({ type: 'user.setState', user, state: 'READY' })
  for (const [mrd, { state, routable }] of media) {
    const settings = group.media[mrd]
    if (state === 'WORK_NOT_READY') continue
    if (state === 'LOGOUT' && settings) commands.push({ type: 'media.signIn', user, mrd, ...settings })
    if (state === 'LOGOUT' || state === 'NOT_READY')
      commands.push({ type: 'media.setState', user, mrd, state: 'READY' })
    else if (!routable) commands.push({ type: 'media.setRoutable', user, mrd, routable: true })
  }
  return commands
}

/**
 * Commands that sign the agent in again at the side that the desktop has moved to. Voice keeps its state (`user 4.1`).
 * A medium gets its settings again, and its state follows from the open tasks (`notifications 12.4`).
 */
export function movedMoves({ user, extension, group, voice, media }: Standing): readonly Command[] {
  const commands: Command[] = []
  if (group.voice && voice !== 'LOGOUT') commands.push({ type: 'user.signIn', user, extension })
  for (const [mrd, { state }] of media) {
    const settings = group.media[mrd]
    if (state === 'LOGOUT' || !settings) continue
    commands.push({ type: 'media.signIn', user, mrd, ...settings })
    if (state === 'WORK_NOT_READY') commands.push({ type: 'media.setState', user, mrd, state: 'READY' })
  }
  return commands
}

/** How an agent winds down. */
export interface Winding {
  /** True: the agent signs out at the end. False: the agent goes NOT_READY. */
  readonly leaves: boolean
  readonly finishFirst: boolean
  readonly reason: string | undefined
}

/** `done`: nothing more is to do. `wait`: something else has to happen first. */
export type Move = 'done' | 'wait' | Command

export function mediumMove(user: string, mrd: string, medium: Medium, hasTasks: boolean, winding: Winding): Move {
  const { state, routable } = medium
  const { leaves, finishFirst, reason } = winding
  if (state === 'LOGOUT' || (state === 'NOT_READY' && !leaves)) return 'done'
  if (finishFirst && hasTasks) {
    const mayChange = routable && state !== 'NOT_READY' && state !== 'WORK_NOT_READY'
    return mayChange ? { type: 'media.setRoutable', user, mrd, routable: false } : 'wait'
  }
  if (leaves) return { type: 'media.setState', user, mrd, state: 'LOGOUT' }
  if (state === 'WORK_NOT_READY') return 'wait'
  return { type: 'media.setState', user, mrd, state: 'NOT_READY', ...withReason(reason) }
}

/** Voice first goes NOT_READY (pending during a call), and signs out when all media are signed out. */
export function voiceMove(
  { user, voice, group }: Standing,
  hasCalls: boolean,
  mediaDone: boolean,
  winding: Winding,
): Move {
  if (!group.voice || voice === 'LOGOUT') return 'done'
  // Wrap-up is finished first.
  if (voice === 'WORK' || voice === 'WORK_READY') return 'wait'
  if (voice !== 'NOT_READY') return { type: 'user.setState', user, state: 'NOT_READY', ...withReason(winding.reason) }
  if (hasCalls) return 'wait'
  if (!winding.leaves) return 'done'
  return mediaDone ? { type: 'user.setState', user, state: 'LOGOUT' } : 'wait'
}

const withReason = (reasonCodeId: string | undefined) => (reasonCodeId === undefined ? {} : { reasonCodeId })
