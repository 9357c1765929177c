/**
 * Reports of a machine to its parent. A machine that runs alone has no parent. It emits its reports as effects.
 *
 * A parent that spawns a machine replaces the action that reports by a `sendParent`. So every machine can run without a
 * parent, and its snapshot is the same with and without one.
 */
import type { Occurrence } from './occurrence.ts'

type AnyReport = Occurrence & { readonly type: string }

/** The effect for a report of a machine without a parent. */
export interface Reported<Report extends AnyReport> {
  readonly type: 'reported'
  readonly report: Report
}

export interface ReportParams<Report extends AnyReport> {
  readonly report: Report
}

/** Makes an effect of a report, for a machine without a parent. */
export const aloud = <Report extends AnyReport>({ report }: ReportParams<Report>): Reported<Report> => ({
  type: 'reported',
  report,
})
