/** The contact centre of the measurements: agents with voice and three nonvoice media. */
import { parseDirectory } from '../../src/directory/index.ts'
import type { Command } from '../../src/engine/commands.ts'

export const MEDIA = ['5001', '5002', '5003'] as const
const TEAM_SIZE = 20

/** Ids of `count` agents. */
export const agents = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(100_000 + index))

/** A directory of these agents as text, which is YAML too. `secret`: the fields of each password. */
export function directoryText(ids: readonly string[], secret: Readonly<Record<string, string>>): string {
  const team = (index: number) => String(1 + Math.floor(index / TEAM_SIZE))
  return JSON.stringify({
    version: 1,
    administrators: [{ id: 'admin', password: 'secret' }],
    mediaRoutingDomains: [
      { id: '1', name: 'Voice', description: 'Voice', interruptible: false },
      ...MEDIA.map((id) => ({ id, name: `Medium ${id}`, description: 'Nonvoice', interruptible: true })),
    ],
    teams: [...new Set(ids.map((_, index) => team(index)))].map((id) => ({ id, name: `Team ${id}` })),
    users: ids.map((id, index) => ({
      id,
      loginName: `u${id}`,
      firstName: 'Ana',
      lastName: `Reyes ${id}`,
      ...secret,
      roles: ['Agent'],
      teamId: team(index),
      extensions: [id],
      mediaRoutingDomains: [...MEDIA],
    })),
  })
}

export const directoryOf = (ids: readonly string[]) =>
  parseDirectory(directoryText(ids, { password: 'secret' }), 'bench').directory

/** What an agent does at the begin of a shift: 8 commands. */
export const signIn = (user: string): readonly Command[] => [
  { type: 'user.signIn', user, extension: user },
  { type: 'user.setState', user, state: 'READY' },
  ...MEDIA.flatMap((mrd): readonly Command[] => [
    { type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' },
    { type: 'media.setState', user, mrd, state: 'READY' },
  ]),
]

/** What an agent does at the end of a shift: 4 commands after those that make the media not ready. */
export const signOut = (user: string): readonly Command[] => [
  ...MEDIA.flatMap((mrd): readonly Command[] => [
    { type: 'media.setState', user, mrd, state: 'NOT_READY' },
    { type: 'media.setState', user, mrd, state: 'LOGOUT' },
  ]),
  { type: 'user.setState', user, state: 'NOT_READY' },
  { type: 'user.setState', user, state: 'LOGOUT' },
]

/** The command number `turn` of an agent during the day: by turns of voice and the media, not ready and ready again. */
export function change(user: string, turn: number): Command {
  const state = turn % 2 === 0 ? 'NOT_READY' : 'READY'
  const mrd = MEDIA[Math.floor(turn / 2) % (MEDIA.length + 1)]
  return mrd === undefined ? { type: 'user.setState', user, state } : { type: 'media.setState', user, mrd, state }
}
