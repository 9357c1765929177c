/** Defaults for a user without a directory. */
import { standardSettings } from '../media/standard.ts'
import type { Reason } from '../wire.ts'
import type { UserConfig, UserInput } from './model.ts'

const MS = { second: 1000 }

const systemCode = (category: Reason['category'], code: number, label: string): Reason => ({
  id: '-1',
  category,
  code,
  label,
  forAll: true,
  systemCode: true,
})

/** The default configuration. The user is a member of `mrds`, and these may be interrupted. */
export function standardConfig(user: string, mrds: readonly string[] = []): UserConfig {
  return {
    extensions: [user],
    mobileAgentAllowed: false,
    logoutOnAgentDisconnect: 0,
    userSignoutChannel: 'all',
    agentMayLeaveFromReady: false,
    forgets: true,
    suppressesLateForcedSignOut: false,
    autoWorkModeStateChange: true,
    presenceGraceMs: 60 * MS.second,
    wrapUpMs: 30 * MS.second,
    mrds: Object.fromEntries(mrds.map((mrd) => [mrd, { member: true, settings: standardSettings }])),
    reasons: {
      connectionFailure: systemCode('NOT_READY', 50002, 'Connection Failure'),
      systemFailure: systemCode('LOGOUT', 50002, 'System Failure'),
      callNotAnswered: systemCode('NOT_READY', 32767, 'Call Not Answered'),
    },
  }
}

/** The input of a user. Only the id is required. */
export type UserStart = Pick<UserInput, 'user'> & Partial<UserInput>

export const complete = ({ user, sides = ['A'], config = standardConfig(user) }: UserStart): UserInput => ({
  user,
  sides,
  config,
})
