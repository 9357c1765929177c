/**
 * How long a test waits for what a machine does, in ms: for a server, a notification, a page. A bound for what never
 * comes, so that the test can say what that was; no expectation of speed. Shorter than the time that a test has.
 */
export const PATIENCE = 60_000
