/** Readable logs. */
export { default } from 'pino-pretty'
