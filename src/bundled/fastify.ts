/** The HTTP server of `mrdian serve`. Programs that embed `mrdian/rest` use their own Fastify. */
export { fastify, LogController } from 'fastify'
