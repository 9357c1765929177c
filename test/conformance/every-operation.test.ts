/**
 * The operations that the contract names (`user` 4, 8, 9, `media` 5, 9, `dialog` 4, 5, 8 to 12): each has a verdict in
 * the table of `src/rest/README.md` and is there, and 501 stands only where the contract says so.
 */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readCallRequest, readNewCallRequest } from '../../src/finesse/index.ts'
import { OPERATIONS } from '../../src/rest/operations/index.ts'

/** `platform`: of an operation that only one platform has. */
type Named = readonly [operation: string, platform?: 'CCE' | 'CCX']

const REST: readonly Named[] = [
  ['GET /SystemInfo'],
  ['GET /UserAuthMode/{}', 'CCE'],
  ['GET /User/{}'],
  ['PUT /User/{}'],
  ['GET /Users'],
  ['GET /User/{}/Dialogs'],
  ['POST /User/{}/Dialogs'],
  ['GET /User/{}/Dialogs/Media', 'CCE'],
  ['GET /Dialog/{}'],
  ['PUT /Dialog/{}'],
  ['GET /User/{}/Media', 'CCE'],
  ['GET /User/{}/Media/{}', 'CCE'],
  ['PUT /User/{}/Media/{}', 'CCE'],
  ['GET /User/{}/Media/{}/Dialogs', 'CCE'],
  ['GET /Team/{}'],
  ['GET /Queue/{}', 'CCE'],
  ['GET /User/{}/Queues', 'CCE'],
  ['POST /TeamMessage'],
  ['GET /TeamMessage/{}'],
  ['DELETE /TeamMessage/{}'],
  ['GET /Team/{}/TeamMessages'],
  ['GET /TeamMessages'],
  ['GET /ECCVariableConfig', 'CCE'],
  ['GET /MediaDomain'],
  ['POST /User/{}/ClientLog'],
  ['POST /User/{}/CompressedClientLog'],
  ['GET /User/{}/ReasonCodes'],
  ['GET /User/{}/ReasonCode/{}'],
  ['GET /User/{}/WrapUpReasons'],
  ['GET /User/{}/WrapUpReason/{}'],
  ['GET /User/{}/MediaPropertiesLayout'],
  ['GET /User/{}/MediaPropertiesLayouts'],
  ['GET /User/{}/PhoneBooks'],
  ['GET /User/{}/Workflows'],
  ['GET /TeamResource/{}/ReasonCodes'],
  ['GET /TeamResource/{}/WrapUpReasons'],
  ['GET /TeamResource/{}/MediaPropertiesLayouts'],
  ['GET /TeamResource/{}/PhoneBooks'],
  ['GET /TeamResource/{}/Workflows'],
  ['GET /ReasonCodes'],
  ['GET /ReasonCode/{}'],
  ['GET /WrapUpReasons'],
  ['GET /WrapUpReason/{}'],
]

/** `dialog` 4.13, in the order of its table. */
const ON_CALLS: readonly Named[] = [
  ...(['ANSWER', 'HOLD', 'RETRIEVE', 'DROP', 'TRANSFER', 'CONFERENCE'] as const).map((action) => [action] as const),
  ...(['CONSULT_CALL', 'TRANSFER_SST', 'UPDATE_CALL_DATA', 'SEND_DTMF'] as const).map((action) => [action] as const),
  ['PARTICIPANT_DROP', 'CCE'],
  ['START_RECORDING', 'CCX'],
  ...(['ACCEPT', 'CLOSE', 'REJECT', 'RECLASSIFY'] as const).map((action) => [action] as const),
  ...(['UPDATE_SCHEDULED_CALLBACK', 'CANCEL_SCHEDULED_CALLBACK'] as const).map((action) => [action] as const),
]
const NEW_CALLS = ['MAKE_CALL', 'SILENT_MONITOR', 'BARGE_CALL'] as const

/** The verdicts of the table. None says that an operation is not there. */
const VERDICTS = ['supported', 'partial', 'choice', 'differs']

const README = await readFile(new URL('../../src/rest/README.md', import.meta.url), 'utf8')

interface Row {
  /** The operations that the row names. */
  readonly name: string
  readonly verdict: string
  readonly note: string
}

/** The rows of the table of operations, without the last one, of what is no operation. */
const ROWS: readonly Row[] = (/\n## Operations\n(.*?)\n## /s.exec(README)?.[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Operation') && !line.startsWith('| ---'))
  .map((line) => line.slice(2, -2).split(' | '))
  .map(([name = '', verdict = '', ...note]) => ({ name, verdict: verdict.trim(), note: note.join(' | ') }))
  .filter(({ name }) => name.trim() !== 'other resources')

/** Do the names of the row have this operation? A row may name several paths after one method. */
function names({ name }: Row, operation: string): boolean {
  const [method = '', path = ''] = operation.split(' ')
  const all = [...name.matchAll(/`(?:(GET|PUT|POST|DELETE) )?([^`]+)`/g)]
  let last = ''
  return all.some(([, own, rest = '']) => {
    last = own ?? last
    const full = rest.replace(/\?.*$/, '').replace(/\{[^}]*\}/g, '{}')
    // `/Media/{mrd}` after `/User/{id}/Media` is of the same user, and `/WrapUpReasons` after a path beside it.
    const isSame =
      full === path || (full.startsWith('/') && path.endsWith(full) && name.includes(path.split('{')[0] ?? ''))
    return last === method && isSame
  })
}

const body = (action: string, more = '') =>
  `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>1001</targetMediaAddress>${more}</Dialog>`

const DETAILS: Readonly<Record<string, string>> = {
  CONSULT_CALL: '<toAddress>1002</toAddress>',
  TRANSFER_SST: '<toAddress>1002</toAddress>',
  UPDATE_CALL_DATA: '<mediaProperties><wrapUpReason>Sold</wrapUpReason></mediaProperties>',
  SEND_DTMF: '<actionParams><ActionParam><name>dtmfString</name><value>1</value></ActionParam></actionParams>',
  RECLASSIFY:
    '<actionParams><ActionParam><name>outboundClassification</name><value>BUSY</value></ActionParam></actionParams>',
  UPDATE_SCHEDULED_CALLBACK:
    '<actionParams><ActionParam><name>callbackNumber</name><value>5550100</value></ActionParam></actionParams>',
}

describe('every operation of the contract', () => {
  it('has a verdict, which is not that it is missing', () => {
    expect(ROWS.filter(({ verdict }) => !VERDICTS.includes(verdict))).toEqual([])
    expect(REST.filter(([operation]) => !ROWS.some((row) => names(row, operation)))).toEqual([])
  })

  it('on calls has a verdict too', () => {
    const missing = [...NEW_CALLS, ...ON_CALLS.map(([action]) => action)].filter(
      (action) => !ROWS.some(({ name, note }) => `${name} ${note}`.includes(action)),
    )
    expect(missing).toEqual([])
  })

  it('is there, and 501 is the answer of the platform that lacks it', () => {
    const there = OPERATIONS.map(({ method, path, platform }) => [
      `${method} ${path.replace(/:[A-Za-z]+/g, '{}')}`,
      platform,
    ])
    for (const [operation, platform] of REST)
      expect(there.filter(([name]) => name === operation)).toEqual([[operation, platform]])
    const lacking = there.filter(([, platform]) => platform !== undefined).map(([name]) => name)
    expect(lacking.filter((name) => !REST.some(([known, platform]) => known === name && platform))).toEqual([])
  })

  it.each(['CCE', 'CCX'] as const)('on calls is understood on %s, or answered with 501', (on) => {
    const answers = ON_CALLS.map(([action]) => {
      const read = readCallRequest(body(action, DETAILS[action]), on)
      return [action, read.ok ? 'read' : read.refused.key]
    })
    expect(answers).toEqual(
      ON_CALLS.map(([action, only]) => [action, only !== undefined && only !== on ? 'NOT_IMPLEMENTED' : 'read']),
    )
  })

  it('that begins a call is understood', () => {
    const addresses =
      '<fromAddress>1001</fromAddress><toAddress>1002</toAddress><associatedDialogUri>/finesse/api/Dialog/1</associatedDialogUri>'
    for (const action of NEW_CALLS)
      expect(
        readNewCallRequest(`<Dialog><requestedAction>${action}</requestedAction>${addresses}</Dialog>`),
      ).toMatchObject({
        ok: true,
      })
  })
})
