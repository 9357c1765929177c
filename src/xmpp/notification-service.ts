import type { RunningNotificationService } from './common-service.ts'
import { embeddedService, type NotificationEngine, type NotificationServiceOptions } from './embedded.ts'
import { type ExternalServiceOptions, externalService } from './external/service.ts'

/**
 * Starts the notification service of one side: with `service` in the options the engine goes to that XMPP server, and
 * the promise resolves when the first attempt to reach it has ended; else the embedded service starts, and it resolves
 * when clients can come. Rejects with one error that names surface and port when a port cannot be opened, and with
 * `InvalidArgument` for an address that is none; nothing keeps running then.
 */
export function notificationService(
  engine: NotificationEngine,
  options: NotificationServiceOptions | ExternalServiceOptions = {},
): Promise<RunningNotificationService> {
  return 'service' in options ? externalService(engine, options) : embeddedService(engine, options)
}
