/** The page of the desktop's event tunnel is not served (`notifications 1`): 404 on every port that has it in Finesse. */
import { expect, it } from 'vitest'
import { site } from '../conformance/server.ts'

it('`/tunnel/` is 404 on the REST port and on that of BOSH', async () => {
  const on = await site()
  for (const port of [on.server.ports.rest, on.server.ports.httpBind])
    for (const path of ['/tunnel/', '/tunnel', '/tunnel/index.html', '/tunnel/EventTunnel.js']) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`)
      await response.body?.cancel()
      expect([path, response.status, response.headers.get('cache-control')]).toEqual([path, 404, 'no-store'])
    }
  await on.close()
})
