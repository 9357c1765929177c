/** A chart as tables in JSON: everything, row by row, for programs. */
import type { Chart } from './model.ts'

/** Raised when something that stands in it changes its meaning or its place; what is added does not raise it. */
export const CHART_FORMAT = 2

/**
 * `{ format, name, initial, states: [{ name, kind, within, begins, … }], rows: [{ from, event, guard, to, reenters, actions }] }`
 * as `Chart` describes it; guards and actions are `{ name, params }`.
 */
export const tablesOf = (chart: Chart): string => `${JSON.stringify({ format: CHART_FORMAT, ...chart }, null, 2)}\n`
