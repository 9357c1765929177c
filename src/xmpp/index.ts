/** Public entry of the XMPP side: the embedded notification service and the gateway that connects the engine to it. */
export {
  type NotificationEngine,
  type NotificationServiceOptions,
  notificationService,
  type RunningNotificationService,
} from './embedded.ts'
export { ConnectionLost, RequestRefused } from './gateway/requests.ts'
export { DocumentTooLarge, Gateway, type GatewayEngine, type GatewayLimits, type GatewayOptions } from './gateway.ts'
export type { Figures } from './service/figures.ts'
export { defaultLimits, type Limits } from './service/limits.ts'
export type { HttpRequest, HttpResponse } from './service/listeners/bosh-entry.ts'
export type { Port, Ports, SurfaceOptions } from './surfaces.ts'
