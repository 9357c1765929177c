/**
 * The viewer in a real browser, in an embedder's server and below a prefix: the link of the service leads to it.
 *
 * Slow, 5 s: a real browser is started for it. More in `npm run test:whole`.
 */
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { createEngine, memoryStore } from '../../../src/index.ts'
import { InspectorService, inspectorRoutes } from '../../../src/inspect/index.ts'
import { describeInBrowser, launchBrowser } from '../../browser.ts'
import { isWhole } from '../../suite/extent.ts'

const EMAIL_OF = 'user/1001/media:5001'

describeInBrowser('the viewer below a prefix', () => {
  it.runIf(isWhole)('is signed in by the link, and gets its stream and its charts', async () => {
    const engine = await createEngine({ store: memoryStore({ keep: 'history' }) })
    const service = new InspectorService({ engine, prefix: '/admin/look' })
    const app = Fastify()
    await app.register(async (scope) => scope.register(inspectorRoutes, { service }), { prefix: '/admin' })
    app.server.on('upgrade', (request, socket, head) => service.handleUpgrade(request, socket, head))
    const base = await app.listen({ host: '127.0.0.1', port: 0 })
    const browser = await launchBrowser()
    try {
      const link = `${base}${service.prefix}/#ticket=${service.link()}`
      const { page, problems, stopped } = await browser.open(link, { allow: (url) => url.startsWith(`${base}/admin/`) })
      await page.getByText('connected', { exact: true }).waitFor()
      await page.fill('#search', '1001')
      await page.press('#search', 'Enter')
      await page.getByRole('tab', { name: 'All charts' }).click()
      await page
        .locator(`.tile[data-session="${EMAIL_OF}"] .node.active[data-node="LOGOUT"]`)
        .waitFor({ state: 'attached' })
      await engine.command({
        ...{ type: 'media.signIn', user: '1001', mrd: '5001' },
        ...{ maxDialogLimit: 3, interruptAction: 'ACCEPT' },
      })
      await page.locator(`.tile[data-session="${EMAIL_OF}"] header .chip[data-state="NOT_READY"]`).waitFor()
      expect([...problems, ...stopped]).toEqual([])
    } finally {
      await browser.close()
      await service.close()
      await app.close()
      await engine.close()
    }
  })
})
