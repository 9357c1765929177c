/** Interval reports: what every agent and every queue did, per quarter, half or whole hour. */
export { AGENT_FIELDS, type AgentFigures, type IntervalReport, QUEUE_FIELDS, type QueueFigures } from './figures.ts'
export { type IntervalOptions, intervalReport } from './report.ts'
