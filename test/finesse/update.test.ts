import { describe, expect, it } from 'vitest'
import {
  renderDialog,
  renderDialogs,
  renderMedia,
  renderSystemInfo,
  renderUpdate,
  renderUser,
  renderUserSummary,
} from '../../src/finesse/index.ts'
import { renderQueue, renderQueues } from '../../src/finesse/queue.ts'
import {
  callValue,
  failureValue,
  mediaValue,
  notification,
  queuesValue,
  queueValue,
  systemInfoValue,
  taskValue,
  userValue,
} from './values.ts'

/** Hosts and domains of a SystemInfo that is rendered without a context. */
const NOWHERE = { primaryHost: '', xmppDomain: '', pubsubDomain: '' }

/** The name of the element inside `data`. */
function dataOf(update: string): string | undefined {
  return /^<Update><data><(\w+)>/.exec(update)?.[1]
}

describe('the Update document', () => {
  it('has data, event, requestId, source in this order (ruling 25)', () => {
    const update = renderUpdate(notification({ value: userValue(), requestId: 'a<1' }))
    expect(update).toMatch(/^<Update><data><user>.*<\/user><\/data><event>PUT<\/event>/)
    expect(update.endsWith('<requestId>a&lt;1</requestId><source>/finesse/api/User/1001</source></Update>')).toBe(true)
  })

  it('keeps requestId when there is nothing to echo (notifications 7.1)', () => {
    expect(renderUpdate(notification({ value: userValue() }))).toContain('<requestId></requestId>')
  })

  it.each([
    ['user', userValue(), 'item', renderUser(userValue(), 'user')],
    ['a user in the team view', userValue(), 'summary', renderUserSummary(userValue(), 'user')],
    ['Media', mediaValue(), 'item', renderMedia(mediaValue())],
    ['a new task', taskValue(), 'collection', renderDialogs([taskValue()], 'dialogs')],
    ['a task that changed', taskValue(), 'item', renderDialog(taskValue(), 'dialog')],
    ['a new call', callValue(), 'collection', renderDialogs([callValue()], 'dialogs')],
    ['a call that changed', callValue(), 'item', renderDialog(callValue(), 'dialog')],
    ['a queue', queueValue(), 'item', renderQueue(queueValue())],
    ['the queues of a user', queuesValue(), 'collection', renderQueues(queuesValue().queues)],
    ['the system', systemInfoValue(), 'item', renderSystemInfo(systemInfoValue(), NOWHERE, 'systemInfo')],
  ] as const)('holds the whole object of %s (rulings 2 and 25)', (_, value, shape, object) => {
    const node = '/finesse/api/User/1001/Anything'
    const source = '/finesse/api/Something'
    for (const event of ['PUT', 'POST'] as const)
      expect(renderUpdate({ node, source, event, shape, requestId: 'a<1', value })).toBe(
        `<Update><data>${object}</data><event>${event}</event><requestId>a&lt;1</requestId>` +
          `<source>${source}</source></Update>`,
      )
  })

  it('has the statistics of queues that a user gets, but not of those that a user loses (notifications 8.11)', () => {
    const statistics = {
      ...{
        callsInQueue: 1,
        startTimeOfLongestCallInQueue: null,
        agentsReady: 2,
        agentsNotReady: 3,
        agentsBusyOther: 4,
      },
      ...{ agentsLoggedOn: 5, agentsTalkingInbound: 6, agentsTalkingOutbound: 7, agentsTalkingInternal: 8 },
      ...{ agentsWrapUpNotReady: 9, agentsWrapUpReady: 10 },
    }
    const inFull = queueValue({ statistics })
    const context = { ...NOWHERE, queue: (id: string) => (id === inFull.id ? inFull : undefined) }
    const queues = [
      { id: '5002', name: 'Chat & Sales' },
      { id: '5009', name: 'Unknown' },
    ]
    const dataIn = (event: 'POST' | 'DELETE') =>
      /<data>(.*)<\/data>/.exec(renderUpdate(notification({ value: queuesValue({ queues }), event }), context))?.[1]
    expect(renderQueue(inFull)).toContain('<agentsLoggedOn>5</agentsLoggedOn>')
    expect(dataIn('POST')).toBe(renderQueues([inFull, { id: '5009', name: 'Unknown' }]))
    expect(dataIn('DELETE')).toBe(renderQueues(queues))
  })

  it('holds Dialog inside dialogs (ruling 2)', () => {
    expect(renderUpdate(notification({ value: taskValue(), shape: 'collection', event: 'POST' }))).toMatch(
      /^<Update><data><dialogs><Dialog>.*<\/Dialog><\/dialogs><\/data><event>POST<\/event>/,
    )
  })

  it('has no data for a deleted user, but has data for a dialog that left (notifications 8.1, 8.2)', () => {
    expect(renderUpdate(notification({ value: userValue(), event: 'DELETE' }))).toBe(
      '<Update><event>DELETE</event><requestId></requestId><source>/finesse/api/User/1001</source></Update>',
    )
    expect(dataOf(renderUpdate(notification({ value: taskValue(), shape: 'collection', event: 'DELETE' })))).toBe(
      'dialogs',
    )
  })

  it('takes hosts and domains of SystemInfo from the context', () => {
    const context = { primaryHost: 'a', secondaryHost: 'b', xmppDomain: 'x', pubsubDomain: 'pubsub.x' }
    const update = renderUpdate(notification({ value: systemInfoValue() }), context)
    expect(update).toContain('<primaryNode><host>a</host></primaryNode><secondaryNode><host>b</host></secondaryNode>')
    expect(update).toContain('<xmppPubSubDomain>pubsub.x</xmppPubSubDomain>')
  })

  it('is one line without declaration, so that it can be escaped into a stanza (notifications 6)', () => {
    expect(renderUpdate(notification({ value: callValue() }))).not.toMatch(/<\?xml|\n|>\s+</)
  })
})

describe('a failure in an Update', () => {
  it('has the event put for a failed user request, and another order of elements (ruling 3, notifications 7.1)', () => {
    const update = renderUpdate(notification({ value: failureValue('INVALID_USER_STATE'), requestId: 'r1' }))
    expect(update).toBe(
      '<Update><data><apiErrors><apiError><errorData>22</errorData><errorMessage>CF_INVALID_OBJECT_STATE' +
        '</errorMessage><errorType>Invalid State</errorType></apiError></apiErrors></data><requestId>r1</requestId>' +
        '<source>/finesse/api/User/1001</source><event>put</event></Update>',
    )
  })

  it('has the event put for a failed call request (ruling 3, notifications 8.4)', () => {
    const update = renderUpdate(
      notification({ value: failureValue('INVALID_CALL_ACTION', { detail: 'ANSWER on extension 1001' }) }),
    )
    expect(update).toContain('<errorMessage>INVALID_ACTION ANSWER on extension 1001</errorMessage>')
    expect(update).toMatch(/<\/data><event>put<\/event><requestId><\/requestId><source>/)
  })

  it('has the event PUT and names the MRD for a failed Media request (ruling 3, media 11.4)', () => {
    const update = renderUpdate(
      notification({
        source: '/finesse/api/User/1001/Media/5002',
        value: failureValue('NOT_SIGNED_IN_TO_MEDIA', { mrd: '5002' }),
      }),
    )
    expect(update).toBe(
      '<Update><data><apiErrors><apiError><errorData>6</errorData><errorMedia>5002</errorMedia><errorMessage>' +
        'E_ARM_STAT_AGENT_NOT_LOGGED_IN</errorMessage><errorType>Agent is not logged in</errorType></apiError>' +
        '</apiErrors></data><event>PUT</event><requestId></requestId><source>/finesse/api/User/1001/Media/5002' +
        '</source></Update>',
    )
  })

  it('has the peripheral elements of an invalid device in their recorded order (notifications 8.5)', () => {
    const update = renderUpdate(notification({ value: failureValue('INVALID_DEVICE') }))
    expect(update).toMatch(
      /<apiError><peripheralErrorCode>10125<\/peripheralErrorCode><errorType>Invalid Device<\/errorType><errorMessage>CF_INVALID_LOGON_DEVICE_SPECIFIED<\/errorMessage><peripheralErrorText>[^<]+<\/peripheralErrorText><peripheralErrorMsg>PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID<\/peripheralErrorMsg><errorData>260<\/errorData><\/apiError>/,
    )
  })

  it('has a code per platform for NOT_READY while signed out (user 5.4)', () => {
    const value = failureValue('NOT_READY_WHILE_SIGNED_OUT')
    const context = { primaryHost: '', xmppDomain: '', pubsubDomain: '' }
    const cce = renderUpdate(notification({ value }))
    const ccx = renderUpdate(notification({ value }), { ...context, platform: 'CCX' })
    expect(cce).toContain('<errorData>257</errorData><errorMessage>CF_INVALID_PASSWORD_SPECIFIED</errorMessage>')
    expect(ccx).toContain('<errorData>1010</errorData><errorMessage>CF_INVALID_PARAMETER</errorMessage>')
  })
})
