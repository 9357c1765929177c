/** Entry for XMPP: the embedded notification service, and the gateway from the engine to it or to another server. */

import '../node-version.ts'

export { ConnectionLost, RequestRefused } from '../xmpp-session/requests.ts'
export type { RunningNotificationService } from './common-service.ts'
export type { NotificationEngine, NotificationServiceOptions } from './embedded.ts'
export type { ExternalServiceOptions } from './external/service.ts'
export type { GatewayFigures, Published } from './gateway/figures.ts'
export type { GatewayLimits } from './gateway/limits.ts'
export { NotPublished } from './gateway/not-published.ts'
export { DocumentTooLarge } from './gateway/publishing.ts'
export { Gateway, type GatewayEngine, type GatewayOptions } from './gateway.ts'
export { notificationService } from './notification-service.ts'
export type { Figures } from './service/figures.ts'
export { defaultLimits, type Limits } from './service/limits.ts'
export type { HttpRequest, HttpResponse } from './service/listeners/bosh-entry.ts'
export { ListenFailure } from './service/listeners/listen.ts'
export type { Port, Ports, SurfaceOptions } from './surfaces.ts'
