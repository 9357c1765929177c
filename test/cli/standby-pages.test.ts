/**
 * Board and viewer through a standby, in a real browser.
 *
 * Slow, 20 s: it starts PostgreSQL, two servers and a browser. More in `npm run test:whole`.
 */
import { expect, it } from 'vitest'
import { describeInBrowser } from '../browser.ts'
import { browsing } from '../inspect/board/browsing.ts'
import { clusterOfFile, describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { freePorts } from '../suite/free-ports.ts'
import { knowsOwner, newDatabase, startOwner, startStandby } from './pair.ts'

describeWithPostgres('a page that is opened at a standby', () => {
  const cluster = clusterOfFile(0)

  describeInBrowser('in a browser', () => {
    const shown = browsing()

    it.runIf(isWhole)('works, says so, and goes on when the standby has taken over', async () => {
      const data = await newDatabase(cluster())
      // Two machines with the same ports.
      const [restPort = 0] = await freePorts(1)
      const options = { restPort, inspect: 'viewer', connections: { proxies: ['127.0.0.1'] } } as const
      const owner = await startOwner(data, options)
      const standby = await startStandby(data, { ...options, host: '127.0.0.2' })
      await knowsOwner(standby)
      const allow = (url: string) => url.startsWith(standby.base) || url.startsWith(standby.base.replace('http', 'ws'))
      const watched = await shown.browser.open(`${standby.base}/inspect/board`, { allow })
      shown.open.push(() => watched.close())
      const { page } = watched
      await page.fill('#name', 'admin')
      await page.fill('#password', 'secret')
      await page.click('button[type=submit]')
      await page.locator('main[data-ready]').waitFor()
      const connection = page.locator('.connection')
      expect(await connection.textContent()).toMatch(/^Live, through the standby \S+$/)
      expect(watched).toMatchObject({ problems: [], stopped: [] })
      await page.goto(`${standby.base}/inspect/`)
      await page.getByText(/^connected, through the standby \S+$/).waitFor()

      await page.goto(`${standby.base}/inspect/board`)
      await page.getByText(/^Live, through the standby \S+$/).waitFor()
      await owner.close()
      await standby.started
      await page.getByText('Live', { exact: true }).waitFor()
      expect(watched.stopped).toEqual([])
    })
  })
})
