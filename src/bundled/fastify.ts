/** The HTTP server under the REST port of `mrdian serve`. Whoever embeds `mrdian/rest` brings a Fastify along. */
export { fastify, LogController } from 'fastify'
