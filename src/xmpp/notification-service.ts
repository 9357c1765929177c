import type { RunningNotificationService } from './common-service.ts'
import { embeddedService, type NotificationEngine, type NotificationServiceOptions } from './embedded.ts'
import { type ExternalServiceOptions, externalService } from './external/service.ts'

/**
 * Starts the notification service of one side. With `service` in the options the engine connects to that external XMPP
 * server, and the promise resolves when the first attempt to connect has succeeded or failed. Without it the embedded
 * service starts, and the promise resolves when clients can connect.
 *
 * Rejects with `ListenFailure`, which names the surface and its port, when a port cannot be opened, and with
 * `InvalidArgument` for an invalid address and for a side that the engine does not have. Nothing keeps running then.
 */
export function notificationService(
  engine: NotificationEngine,
  options: NotificationServiceOptions | ExternalServiceOptions = {},
): Promise<RunningNotificationService> {
  return 'service' in options ? externalService(engine, options) : embeddedService(engine, options)
}
