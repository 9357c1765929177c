/** All operations of the API. */
import type { Operation } from '../operation.ts'
import { CLIENT_LOG_OPERATIONS } from './client-log.ts'
import { CONFIGURATION_OPERATIONS } from './configuration.ts'
import { DEPLOYMENT_OPERATIONS } from './deployment.ts'
import { DIALOG_OPERATIONS } from './dialog.ts'
import { MEDIA_OPERATIONS } from './media.ts'
import { QUEUE_OPERATIONS } from './queue.ts'
import { SYSTEM_OPERATIONS } from './system.ts'
import { TEAM_OPERATIONS } from './team.ts'
import { TEAM_MESSAGE_OPERATIONS } from './team-message.ts'
import { USER_OPERATIONS } from './user.ts'

export const OPERATIONS: readonly Operation[] = [
  ...SYSTEM_OPERATIONS,
  ...USER_OPERATIONS,
  ...CONFIGURATION_OPERATIONS,
  ...DEPLOYMENT_OPERATIONS,
  ...MEDIA_OPERATIONS,
  ...DIALOG_OPERATIONS,
  ...TEAM_OPERATIONS,
  ...TEAM_MESSAGE_OPERATIONS,
  ...QUEUE_OPERATIONS,
  ...CLIENT_LOG_OPERATIONS,
]
