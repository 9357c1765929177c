/** Tracing: the engine's spans, through OpenTelemetry where it is installed. */
export { openTelemetry } from './open-telemetry.ts'
