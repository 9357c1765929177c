/** A server with a bug: input on standard input makes it throw, or reject a promise. */
import { serve } from '../../src/cli/serve.ts'

process.stdin.once('data', (data) => {
  if (String(data).startsWith('reject')) void Promise.reject(new Error('a bug in a promise'))
  else throw new Error('a bug')
})
await serve({
  data: process.argv[2] ?? ':memory:',
  acceptOlderData: false,
  journalRetention: 86_400_000,
  customerDataRetention: Number.POSITIVE_INFINITY,
  host: '127.0.0.1',
  domain: 'localhost',
  restPort: 0,
  restTlsPort: 'off',
  httpBindPort: 'off',
  httpBindTlsPort: 'off',
  xmppPort: 'off',
  xmppTlsPort: 'off',
  cors: 'disable',
  authorizeSubscriptions: true,
  xmppUser: 'finesse',
  virtualTime: false,
  logLevel: 'info',
  logFormat: 'json',
})
