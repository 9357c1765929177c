/** Logs for people. */
export { default } from 'pino-pretty'
