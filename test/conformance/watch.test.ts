/** `mrdian watch`: a client of the real server, line by line. */
import { expect, it } from 'vitest'
import { describe as lineOf, watch } from '../../src/cli/watch.ts'
import { site } from './server.ts'

it('prints the notifications of the user until the stream ends', async () => {
  const on = await site()
  const lines: string[] = []
  let wake: () => void = () => undefined
  const until = async (text: string) => {
    while (!lines.some((line) => line.includes(text)))
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  const options = { user: '1001', service: `xmpp://127.0.0.1:${on.server.ports.xmpp}`, domain: 'localhost', xml: false }
  const watching = watch(options, 'secret', (line) => {
    lines.push(line)
    wake()
  })
  await until('watching as 1001@localhost/watch')
  await on.restOnly('1001').putUser('<state>LOGIN</state><extension>1001</extension>', 'w-1')
  await until('NOT_READY')
  expect(lines.find((line) => line.includes('NOT_READY'))).toMatch(/PUT +User\/1001 +NOT_READY {2}\[requestId w-1\]$/)
  await on.close()
  await watching
})

it('prints an error if the sign-in is refused, or if no server listens', async () => {
  const on = await site()
  const service = `xmpp://127.0.0.1:${on.server.ports.xmpp}`
  const options = { user: '1001', domain: 'localhost', xml: false }
  await expect(watch({ ...options, service }, 'wrong', () => undefined)).rejects.toThrow('1001 may not sign in')
  await on.close()
  await expect(watch({ ...options, service }, 'secret', () => undefined)).rejects.toThrow('cannot watch at')
})

it('shows an error by type, code and constant', () => {
  const error =
    '<apiError><errorData>30</errorData><errorMessage>E_X</errorMessage><errorType>Generic Error</errorType></apiError>'
  const document = `<Update><data><apiErrors>${error}</apiErrors></data><event>PUT</event><requestId></requestId><source>/finesse/api/Dialog/7</source></Update>`
  expect(lineOf('/finesse/api/User/1001/Dialogs/Media', document, '10:00')).toMatch(
    /Dialog\/7 +Generic Error \(30 E_X\)$/,
  )
})

it('shows the values of a document: states, tasks, references, and the first of several elements', () => {
  const update = (data: string) =>
    `<Update><data>${data}</data><event>PUT</event><requestId>r&amp;#65;&#66;</requestId></Update>`
  const line = (data: string) => lineOf('/node', update(data), '10:00')
  expect([
    line('<user><dialogs>/x</dialogs><pendingState>NOT_READY</pendingState><state>TALKING</state></user>'),
    line('<Media><routable>false</routable><state>READY</state></Media>'),
    line(
      '<dialogs><Dialog><id>0012</id><state>CLOSED</state><mediaProperties><dispositionCode>x &lt; y</dispositionCode></mediaProperties></Dialog><Dialog><id>2</id></Dialog></dialogs>',
    ),
    line('<systemInfo><status>IN_SERVICE</status></systemInfo>'),
    line(''),
  ]).toEqual([
    '10:00  PUT    /node                              TALKING, then NOT_READY  [requestId r&#65;B]',
    '10:00  PUT    /node                              READY, not routable  [requestId r&#65;B]',
    '10:00  PUT    /node                              CLOSED, x < y, 0012  [requestId r&#65;B]',
    '10:00  PUT    /node                              IN_SERVICE  [requestId r&#65;B]',
    '10:00  PUT    /node                                [requestId r&#65;B]',
  ])
  expect(() => lineOf('/node', '<Update><data></Update>', '10:00')).toThrow()
})
