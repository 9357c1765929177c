/** Times that commands print during the night when clocks are set back: each is unambiguous, and they sort as text. */
import { resolve } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { watch } from '../../src/cli/watch.ts'
import { readTime } from '../../src/times/index.ts'
import { site } from '../conformance/server.ts'
import { start } from './process.ts'

const ZONE = 'Europe/Berlin'
/** Clocks in Berlin show 02:50, then 02:10, then 03:30. The first is summer time, the others are winter time. */
const NIGHT = ['2026-10-25T00:50:00.250Z', '2026-10-25T01:10:00.250Z', '2026-10-25T02:30:00.250Z'].map(Date.parse)

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Expects that the printed times are read back as these moments, and that they sort as text in the same order. */
function expectTimes(printed: readonly string[], moments: readonly number[]): void {
  const later = (moments.at(-1) ?? 0) + 1000
  expect(
    printed.map((text) => readTime(text, { now: later, zone: ZONE })),
    printed.join(', '),
  ).toEqual(moments)
  expect(printed.toSorted()).toEqual(printed)
}

it('mrdian watch prints each time with its offset', async () => {
  const { locale, calendar, numberingSystem } = new Intl.DateTimeFormat().resolvedOptions()
  const resolved = { locale, calendar, numberingSystem, timeZone: ZONE }
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue(resolved)
  vi.useFakeTimers({ toFake: ['Date'], now: NIGHT[0] ?? 0 })
  const on = await site()
  const lines: string[] = []
  let heard: () => void = () => undefined
  const options = { user: '1001', service: `xmpp://127.0.0.1:${on.server.ports.xmpp}`, domain: 'localhost', xml: false }
  const watching = watch(options, 'secret', (line) => {
    lines.push(line)
    heard()
  })
  const until = async (text: string, count: number) => {
    while (lines.filter((line) => line.includes(text)).length < count)
      await new Promise<void>((done) => {
        heard = done
      })
  }
  await until('watching as', 1)
  await on.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>')
  await until(' NOT_READY', 1)
  for (const [index, moment] of NIGHT.entries()) {
    vi.setSystemTime(moment)
    await on.restOnly('1001').putUser('<state>NOT_READY</state>', `at-${index}`)
    await until(`[requestId at-${index}]`, 1)
  }
  await on.close()
  await watching
  const printed = lines.filter((line) => line.includes('[requestId at-')).map((line) => line.split('  ')[0] ?? '')
  expectTimes(printed, NIGHT)
})

it('the pretty log prints each time with its offset', async () => {
  const { ended } = start(NIGHT.map(String), { TZ: ZONE }, resolve(import.meta.dirname, 'log-lines.ts'))
  const { out, err } = await ended
  expect(err).toBe('')
  const printed = [...out.matchAll(/^\[([^\]]+)\] INFO.*: a line$/gm)].map(([, time = '']) => time)
  expectTimes(printed, NIGHT)
})
