/** Certificates for local use. */
export { generate } from 'selfsigned'
