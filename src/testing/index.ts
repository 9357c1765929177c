/** Test kit for services that embed mrdian: virtual time, a scripted ACD, and waiting for notifications. */

import '../node-version.ts'

export { type Notifications, notificationsOf } from './notifications.ts'
export {
  type NumberAnswer,
  type ScriptedAcd,
  type ScriptedAcdOptions,
  scriptedAcd,
  type TransferAnswer,
} from './scripted-acd.ts'
export { type VirtualClock, virtualClock } from './virtual-clock.ts'
