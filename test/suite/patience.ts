/**
 * How long a test waits for a server, a notification or a page, in ms. It is not an expectation of speed: it ends a
 * wait for something that never comes, so that the test can say what is missing. It is shorter than the timeout of a
 * test.
 */
export const PATIENCE = 60_000
