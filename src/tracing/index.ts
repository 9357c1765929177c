/** Tracing with OpenTelemetry, if it is installed. */
export { openTelemetry } from './open-telemetry.ts'
