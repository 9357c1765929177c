/**
 * Reason codes that the system itself sets. The API lists them with `systemCode` true (`user 6.2`). A directory file
 * cannot define them.
 */
import type { Platform, ReasonCategory, ReasonCode } from './model.ts'

type Row = readonly [code: number, category: ReasonCategory, label: string]

/** `user 6.3` without 50045, which 12.5 does not have. The label of 51004 is our choice; the sources give none. */
const CCE: readonly Row[] = [
  [255, 'LOGOUT', 'Connection Failure'],
  [999, 'NOT_READY', 'Supervisor Initiated'],
  [999, 'LOGOUT', 'Supervisor Initiated'],
  [20001, 'NOT_READY', 'Starting Force Logout'],
  [20002, 'LOGOUT', 'Force Logout'],
  [20003, 'NOT_READY', 'Agent Logout Request'],
  [32762, 'NOT_READY', 'Offhook'],
  [32767, 'NOT_READY', 'Call Not Answered'],
  [50001, 'LOGOUT', 'System Disconnect'],
  [50002, 'LOGOUT', 'System Failure'],
  [50002, 'NOT_READY', 'Connection Failure'],
  [50003, 'LOGOUT', 'Device Error'],
  [50004, 'LOGOUT', 'Inactivity Timeout'],
  [50005, 'NOT_READY', 'Non ACD Busy'],
  [50006, 'NOT_READY', 'Offhook'],
  [50010, 'NOT_READY', 'Call Overlap'],
  [50020, 'LOGOUT', 'Queue Change'],
  [50030, 'LOGOUT', 'Device Conflict'],
  [50040, 'LOGOUT', 'Mobile Agent Call Fail'],
  [50041, 'NOT_READY', 'Mobile Agent Call Not Answered'],
  [50042, 'LOGOUT', 'Mobile Agent Disconnect'],
  [51004, 'NOT_READY', 'Extension In Use'],
  [65533, 'NOT_READY', 'Extension Modified'],
  [65534, 'NOT_READY', 'System Reset'],
  [65535, 'NOT_READY', 'System Reinitialized'],
]

/** The rows of `user 6.4` whose category is known. */
const CCX: readonly Row[] = [
  [22, 'LOGOUT', 'Supervisor Initiated'],
  [33, 'NOT_READY', 'Supervisor Initiated'],
  [255, 'LOGOUT', 'Connection Failure'],
  [32740, 'LOGOUT', 'System Initiated Relogin'],
  [32741, 'LOGOUT', 'Extension Conflict'],
  [32742, 'NOT_READY', 'Non ACD Line Offhook'],
  [32748, 'LOGOUT', 'Agent Deleted'],
  [32749, 'NOT_READY', 'Call Cancel'],
  [32750, 'LOGOUT', 'Extension Changed'],
  [32755, 'NOT_READY', 'Call Ended'],
  [32763, 'NOT_READY', 'Ring No Answer'],
  [32767, 'LOGOUT', 'Relogin'],
  [32761, 'NOT_READY', 'Non ICD Call'],
  [32762, 'NOT_READY', 'Offhook'],
  // Its category stands nowhere. The agent is NOT_READY then.
  [32758, 'NOT_READY', 'Work Timer Expired'],
]

/** System codes of a platform. Their ids are 1001, 1002, … in the order of the table. */
export function systemReasonCodes(platform: Platform): readonly ReasonCode[] {
  const rows = platform === 'CCE' ? CCE : CCX
  return rows.map(([code, category, label], index) => ({
    id: String(1001 + index),
    category,
    code,
    label,
    forAll: true,
    systemCode: true,
  }))
}
