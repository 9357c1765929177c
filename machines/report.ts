/**
 * What a machine tells the one above it. A machine alone has none above it: then its report is an effect like any other.
 *
 * Who spawns a machine below its own provides a `sendParent` for the action that reports, so that no machine needs a parent,
 * and nothing of the matter stands in a snapshot.
 */
import type { Occurrence } from './occurrence.ts'

type AnyReport = Occurrence & { readonly type: string }

/** A report that nobody was there to take. */
export interface Reported<Report extends AnyReport> {
  readonly type: 'reported'
  readonly report: Report
}

export interface ReportParams<Report extends AnyReport> {
  readonly report: Report
}

/** What a machine alone makes of a report. */
export const aloud = <Report extends AnyReport>({ report }: ReportParams<Report>): Reported<Report> => ({
  type: 'reported',
  report,
})
