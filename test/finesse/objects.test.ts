import { describe, expect, it, onTestFinished } from 'vitest'
import type { Callback } from '../../machines/call/campaign.ts'
import {
  renderDialog,
  renderDialogs,
  renderMedia,
  renderMediaList,
  renderReasonCode,
  renderReasonCodes,
  renderSystemInfo,
  renderTeam,
  renderTeams,
  renderUser,
  renderUserAuthMode,
  renderUserSummary,
  renderUsers,
} from '../../src/finesse/index.ts'
import { renderQueue, renderQueues } from '../../src/finesse/queue.ts'
import { hasForbiddenCharacter, leaf, wireTime } from '../../src/finesse/xml.ts'
import {
  AT,
  AT_TEXT,
  callValue,
  mediaStatus,
  mediaValue,
  systemInfoValue,
  TEAM_MEETING,
  taskValue,
  userValue,
} from './values.ts'

const REASON =
  '<category>NOT_READY</category><code>10</code><forAll>true</forAll><id>16</id><label>Team Meeting</label>'

describe('text and time', () => {
  it('escapes three characters only, so that clients can undo it (notifications 6.2)', () => {
    expect(leaf('label', `a&b<c>d"e'f`)).toBe(`<label>a&amp;b&lt;c&gt;d"e'f</label>`)
  })

  it('drops characters that XML 1.0 cannot express', () => {
    expect(leaf('label', 'a\u0000b\u001fc\ufffed\ud800e\tf\u{1f600}')).toBe('<label>abcde\tf\u{1f600}</label>')
  })

  it('drops exactly those characters, at the ends of each range', () => {
    const can = ['', 'NONSENSE', '\t\n\r', ' ', '\ufffd', '\ue000', '\u{1f600}']
    const cannot = ['\u0000', '\u0008', '\u000b', '\u000c', '\u000e', '\u001f', '\ufffe', '\uffff', '\ud800', '\udfff']
    expect(can.map((text) => [text, hasForbiddenCharacter(text)])).toEqual(can.map((text) => [text, false]))
    expect(cannot.map((text) => [text, hasForbiddenCharacter(`a${text}`)])).toEqual(cannot.map((text) => [text, true]))
    expect(cannot.map((text) => leaf('label', `<${text}>`))).toEqual(cannot.map(() => '<label>&lt;&gt;</label>'))
  })

  it('writes UTC with milliseconds, and nothing for an unknown time (user 5.8)', () => {
    expect(wireTime(AT)).toBe(AT_TEXT)
    expect(wireTime(null)).toBe('')
    expect(wireTime(Number.NaN)).toBe('')
    expect(wireTime(8.64e15)).toBe('+275760-09-13T00:00:00.000Z')
    expect(wireTime(8.64e15 + 1)).toBe('')
  })
})

describe('User', () => {
  it('has its elements in alphabetical order and keeps empty ones (user 3.2)', () => {
    expect(renderUser(userValue({ reason: TEAM_MEETING, reasonCodeId: '16' }))).toBe(
      '<User><dialogs>/finesse/api/User/1001/Dialogs</dialogs><extension>0012</extension><firstName>Ana</firstName>' +
        '<lastName>Reyes</lastName><loginId>1001</loginId><loginName>areyes</loginName><mediaType>1</mediaType>' +
        `<pendingState></pendingState><reasonCode>${REASON}<uri>/finesse/api/ReasonCode/16</uri></reasonCode>` +
        '<reasonCodeId>16</reasonCodeId><roles><role>Agent</role></roles><settings><wrapUpOnIncoming>OPTIONAL' +
        '</wrapUpOnIncoming><wrapUpOnOutgoing>NOT_ALLOWED</wrapUpOnOutgoing></settings><state>NOT_READY</state>' +
        `<stateChangeTime>${AT_TEXT}</stateChangeTime><teamId>2001</teamId><teamName>First Line Support</teamName>` +
        '<uri>/finesse/api/User/1001</uri><wrapUpTimer>30</wrapUpTimer></User>',
    )
  })

  it('has no reasonCodeId when none applies, and -1 when none was chosen (ruling 5)', () => {
    const withReason = renderUser(userValue({ reason: TEAM_MEETING, reasonCodeId: '16' }))
    const reason = /<reasonCode>.*<\/reasonCodeId>/
    expect(renderUser(userValue({ reasonCodeId: null }))).toBe(withReason.replace(reason, ''))
    expect(renderUser(userValue())).toBe(withReason.replace(reason, '<reasonCodeId>-1</reasonCodeId>'))
  })

  it('marks the reason of a system-driven change', () => {
    const reason = { ...TEAM_MEETING, systemCode: true }
    expect(renderUser(userValue({ reason }))).toContain(
      '<label>Team Meeting</label><systemCode>true</systemCode><uri>/finesse/api/ReasonCode/16</uri>',
    )
  })

  it('shows mobileAgent after mediaType, and only for a mobile agent (user 3.2)', () => {
    const mobile = renderUser(userValue({ mobileAgent: { mode: 'CALL_BY_CALL', dialNumber: '5550100' } }))
    expect(mobile).toContain(
      '<mediaType>1</mediaType><mobileAgent><dialNumber>5550100</dialNumber><mode>CALL_BY_CALL</mode></mobileAgent><pendingState>',
    )
    expect(renderUser(userValue())).not.toContain('mobileAgent')
  })

  it('shows the supervised teams between teamName and uri', () => {
    const user = userValue({ roles: ['Agent', 'Supervisor'], supervises: [{ id: '2001', name: 'First' }] })
    expect(renderUser(user)).toContain(
      '</teamName><teams><Team><id>2001</id><name>First</name><uri>/finesse/api/Team/2001</uri></Team></teams><uri>',
    )
    expect(renderUser(user)).toContain('<roles><role>Agent</role><role>Supervisor</role></roles>')
  })

  it('has empty times and extension for a user who never signed in', () => {
    const user = renderUser(userValue({ stateChangeTime: null, extension: '', state: 'LOGOUT' }))
    expect(user).toContain('<stateChangeTime></stateChangeTime>')
    expect(user).toContain('<extension></extension>')
  })

  it('has few elements in the team view (notifications 8.9)', () => {
    expect(renderUserSummary(userValue({ pendingState: 'READY' }))).toBe(
      '<user><dialogs>/finesse/api/User/1001/Dialogs</dialogs><extension>0012</extension><firstName>Ana</firstName>' +
        '<lastName>Reyes</lastName><loginId>1001</loginId><mediaType>1</mediaType><pendingState>READY</pendingState>' +
        `<state>NOT_READY</state><stateChangeTime>${AT_TEXT}</stateChangeTime><uri>/finesse/api/User/1001</uri></user>`,
    )
    expect(renderUserSummary(userValue({ reason: TEAM_MEETING }))).toContain('</pendingState><reasonCode>')
  })

  it('is listed in Users and Team', () => {
    expect(renderUsers([])).toBe('<Users/>')
    expect(renderUsers([userValue()])).toBe(`<Users>${renderUser(userValue())}</Users>`)
    expect(renderTeam({ id: '2001', name: 'First' }, [userValue()])).toBe(
      `<Team><id>2001</id><name>First</name><uri>/finesse/api/Team/2001</uri><users>${renderUserSummary(userValue(), 'User')}</users></Team>`,
    )
    expect(renderUsers([userValue(), userValue({ id: '1002' })])).toBe(
      `<Users>${renderUser(userValue())}${renderUser(userValue({ id: '1002' }))}</Users>`,
    )
  })

  it('is BUSY or IDLE in the team view on CCX (user 5.4)', () => {
    const summary = renderUserSummary(userValue())
    expect(renderUserSummary(userValue({ mediaState: 'BUSY' }))).toBe(
      summary.replace('<mediaType>', '<mediaState>BUSY</mediaState><mediaType>'),
    )
  })

  it('signs in by password, or by single sign-on where tokens are taken (user 9.2)', () => {
    const byPassword = '<UserAuthMode><authMode>NON_SSO</authMode></UserAuthMode>'
    expect([renderUserAuthMode(), renderUserAuthMode('NON_SSO')]).toEqual([byPassword, byPassword])
    const byToken = byPassword.replace('NON_SSO', 'SSO')
    expect([renderUserAuthMode('SSO'), renderUserAuthMode('HYBRID')]).toEqual([byToken, byToken])
  })

  it('has teams, which are listed by name in Teams', () => {
    expect(renderTeams([{ id: '2001', name: 'First' }])).toBe(
      '<Teams><Team><id>2001</id><name>First</name><uri>/finesse/api/Team/2001</uri></Team></Teams>',
    )
    expect(renderTeams([])).toBe('<Teams/>')
  })
})

describe('Queue', () => {
  const SALES = '<Queue><name>Chat &amp; Sales</name><uri>/finesse/api/Queue/5002</uri></Queue>'

  it('is a name and a uri, in upper case everywhere (ruling 2)', () => {
    expect(renderQueue({ id: '5002', name: 'Chat & Sales' })).toBe(SALES)
  })

  it('has its statistics in the order of the document, with a time without milliseconds (dialog 8)', () => {
    const statistics = {
      callsInQueue: 1,
      startTimeOfLongestCallInQueue: AT,
      agentsReady: 2,
      agentsNotReady: 3,
      agentsBusyOther: 4,
      agentsLoggedOn: 5,
      agentsTalkingInbound: 6,
      agentsTalkingOutbound: 7,
      agentsTalkingInternal: 8,
      agentsWrapUpNotReady: 9,
      agentsWrapUpReady: 10,
    }
    const since = AT_TEXT.replace(/\.\d{3}Z$/, 'Z')
    expect(since).not.toBe(AT_TEXT)
    const shown =
      `<statistics><callsInQueue>1</callsInQueue><startTimeOfLongestCallInQueue>${since}</startTimeOfLongestCallInQueue>` +
      '<agentsReady>2</agentsReady><agentsNotReady>3</agentsNotReady><agentsBusyOther>4</agentsBusyOther>' +
      '<agentsLoggedOn>5</agentsLoggedOn><agentsTalkingInbound>6</agentsTalkingInbound><agentsTalkingOutbound>7' +
      '</agentsTalkingOutbound><agentsTalkingInternal>8</agentsTalkingInternal><agentsWrapUpNotReady>9' +
      '</agentsWrapUpNotReady><agentsWrapUpReady>10</agentsWrapUpReady></statistics>'
    const queue = { id: '5002', name: 'Chat & Sales', statistics }
    expect(renderQueue(queue)).toBe(SALES.replace('<uri>', `${shown}<uri>`))
    const nothing = { ...statistics, startTimeOfLongestCallInQueue: null }
    expect(renderQueue({ ...queue, statistics: nothing })).toContain(
      '<startTimeOfLongestCallInQueue></startTimeOfLongestCallInQueue>',
    )
  })

  it('is listed in Queues', () => {
    expect(renderQueues([])).toBe('<Queues/>')
    expect(
      renderQueues([
        { id: '5002', name: 'Chat & Sales' },
        { id: '5003', name: 'Social' },
      ]),
    ).toBe(`<Queues>${SALES}<Queue><name>Social</name><uri>/finesse/api/Queue/5003</uri></Queue></Queues>`)
  })
})

describe('Media', () => {
  it('begins with uri and ends with interruptAction (media 3.1, rulings 4 and 19)', () => {
    const media = mediaValue({ status: mediaStatus({ reason: TEAM_MEETING, reasonCodeId: '16' }) })
    expect(renderMedia(media)).toBe(
      '<Media><uri>/finesse/api/User/1001/Media/5002</uri><description>Web &amp; chat</description>' +
        '<dialogLogoutAction>TRANSFER</dialogLogoutAction><id>5002</id><interruptible>false</interruptible>' +
        '<maxDialogLimit>3</maxDialogLimit><mediaConnected>true</mediaConnected><name>Chat</name>' +
        `<ReasonCode>${REASON}<uri>/finesse/api/ReasonCode/16</uri></ReasonCode><reasonCodeId>16</reasonCodeId>` +
        `<routable>true</routable><state>NOT_READY</state><stateChangeTime>${AT_TEXT}</stateChangeTime>` +
        '<interruptAction>IGNORE</interruptAction></Media>',
    )
  })

  it('has no mediaConnected without an ACD link, and no reason when there is none (ruling 19)', () => {
    const full = renderMedia(mediaValue({ status: mediaStatus({ reason: TEAM_MEETING, reasonCodeId: '16' }) }))
    const cutOff = mediaStatus({ reason: TEAM_MEETING, reasonCodeId: '16', mediaConnected: false })
    expect(renderMedia(mediaValue({ status: cutOff }))).toBe(full.replace('<mediaConnected>true</mediaConnected>', ''))
    expect(renderMedia(mediaValue({ status: mediaStatus({ reasonCodeId: '16' }) }))).toBe(
      full.replace(/<ReasonCode>.*<\/ReasonCode>/, ''),
    )
  })

  it('has few elements for a user outside the MRD (media 3.2)', () => {
    const { status: _, ...outside } = mediaValue()
    expect(renderMedia(outside)).toBe(
      '<Media><uri>/finesse/api/User/1001/Media/5002</uri><description>Web &amp; chat</description><id>5002</id>' +
        '<interruptible>false</interruptible><name>Chat</name></Media>',
    )
    expect(renderMediaList([outside])).toBe(`<MediaList>${renderMedia(outside)}</MediaList>`)
  })
})

const TEN_EMPTY = Array.from(
  { length: 10 },
  (_, index) => `<CallVariable><name>callVariable${index + 1}</name><value></value></CallVariable>`,
).join('')

describe('Dialog', () => {
  it('is a task as media 7.1 prints it', () => {
    expect(renderDialog(taskValue({ associatedDialog: '1002_1_1' }))).toBe(
      '<Dialog><associatedDialogUri>/finesse/api/Dialog/1002_1_1</associatedDialogUri><id>1001_5_1</id>' +
        '<mediaType>Chat</mediaType><mediaProperties><mediaId>5002</mediaId><dialedNumber></dialedNumber>' +
        '<queueNumber>6120</queueNumber><queueName>Chat.Sales</queueName><callKeyCallId>88</callKeyCallId>' +
        '<callKeySequenceNum>1</callKeySequenceNum><callKeyPrefix>153200</callKeyPrefix><callvariables><CallVariable>' +
        '<name>callVariable1</name><value>room &lt;4711&gt;</value></CallVariable></callvariables><dispositionCode>' +
        '</dispositionCode></mediaProperties><participants><Participant><actions><action>ACCEPT</action></actions>' +
        `<mediaAddress>1001</mediaAddress><startTime>${AT_TEXT}</startTime><state>OFFERED</state><stateChangeTime>` +
        `${AT_TEXT}</stateChangeTime></Participant></participants><state>OFFERED</state>` +
        '<uri>/finesse/api/Dialog/1001_5_1</uri></Dialog>',
    )
  })

  it('has an empty associatedDialogUri without an associated dialog', () => {
    expect(renderDialog(taskValue())).toContain('<associatedDialogUri></associatedDialogUri>')
  })

  it('is a call as dialog 1.1 prints it', () => {
    expect(renderDialog(callValue(), 'dialog')).toBe(
      '<dialog><associatedDialogUri></associatedDialogUri><fromAddress>5550177</fromAddress><id>14095381</id>' +
        '<mediaProperties><mediaId>1</mediaId><DNIS>1001</DNIS><callType>PREROUTE_ACD_IN</callType><dialedNumber>8000' +
        `</dialedNumber><outboundClassification></outboundClassification><callvariables>${TEN_EMPTY}</callvariables>` +
        '</mediaProperties><mediaType>Voice</mediaType><participants><Participant><actions><action>ANSWER</action>' +
        '</actions><mediaAddress>1001</mediaAddress><mediaAddressType>AGENT_DEVICE</mediaAddressType><startTime>' +
        `${AT_TEXT}</startTime><state>ALERTING</state><stateCause></stateCause><stateChangeTime>${AT_TEXT}` +
        '</stateChangeTime></Participant><Participant><actions><action>ANSWER</action><action>DROP</action>' +
        '</actions><mediaAddress>5550177</mediaAddress><mediaAddressType></mediaAddressType><startTime>' +
        `${AT_TEXT}</startTime><state>INITIATED</state><stateCause></stateCause><stateChangeTime>${AT_TEXT}` +
        '</stateChangeTime></Participant></participants><state>ALERTING</state><toAddress>1001</toAddress>' +
        '<uri>/finesse/api/Dialog/14095381</uri></dialog>',
    )
  })

  it('is a call during another one, which was joined, queued, wrapped up and made for a campaign (dialog 1.2)', () => {
    const plain = renderDialog(callValue())
    const full = callValue({
      associatedDialog: '14095380',
      secondaryId: '14095379',
      queue: { number: '6001', name: 'Sales & Service', outcome: 'WAITING' },
      campaign: {
        ...{ id: 'winter', part: 'customer', classification: 'VOICE' },
        callback: { callbackTime: '2026-01-02T09:30', callbackNumber: '5550199' },
      },
      wrapUpReason: 'Sold',
    })
    const shown = plain
      .replace('<associatedDialogUri>', '<associatedDialogUri>/finesse/api/Dialog/14095380')
      .replace('<outboundClassification></outboundClassification>', (empty) =>
        empty.replace('><', '>VOICE<').concat('<wrapUpReason>Sold</wrapUpReason>'),
      )
      .replace('</callvariables>', (end) =>
        end.concat('<queueNumber>6001</queueNumber><queueName>Sales &amp; Service</queueName>'),
      )
      .replace(
        '</participants>',
        '</participants><scheduledCallbackInfo><callbackTime>2026-01-02T09:30</callbackTime><callbackNumber>5550199' +
          '</callbackNumber></scheduledCallbackInfo><secondaryId>14095379</secondaryId>',
      )
    expect(renderDialog(full)).toBe(shown)
    expect(renderDialog({ ...full, hasWrapUpItems: true })).toBe(
      shown.replace('<wrapUpReason>', '<wrapUpItems><wrapUpItem>Sold</wrapUpItem></wrapUpItems><wrapUpReason>'),
    )
  })

  it('has only the parts of a callback that are known (dialog 1.2)', () => {
    const infoOf = (callback: Callback | undefined) => {
      const call = { id: 'winter', part: 'customer', ...(callback && { callback }) } as const
      return /<scheduledCallbackInfo>.*<\/scheduledCallbackInfo>/.exec(renderDialog(callValue({ campaign: call })))?.[0]
    }
    const within = (part: string) => `<scheduledCallbackInfo>${part}</scheduledCallbackInfo>`
    expect(infoOf({ callbackTime: '2026-01-02T09:30' })).toBe(within('<callbackTime>2026-01-02T09:30</callbackTime>'))
    expect(infoOf({ callbackNumber: '5550199' })).toBe(within('<callbackNumber>5550199</callbackNumber>'))
    expect([infoOf({}), infoOf(undefined)]).toEqual([undefined, undefined])
  })

  it('has all ten variables of the peripheral first, then the others as given (dialog 1.4)', () => {
    const variables = [
      { name: 'user.microapp.ToExtVXML[0]', value: '' },
      { name: 'callVariable10', value: 'last' },
      { name: 'user.microapp.locale', value: 'en_US' },
      { name: 'callVariable2', value: 'gold' },
    ]
    const shown = [...renderDialog(callValue({ variables })).matchAll(/<name>([^<]*)<\/name><value>([^<]*)</g)]
    expect(shown.map(([, name, value]) => `${name}=${value}`)).toEqual([
      'callVariable1=',
      'callVariable2=gold',
      ...[3, 4, 5, 6, 7, 8, 9].map((index) => `callVariable${index}=`),
      'callVariable10=last',
      'user.microapp.ToExtVXML[0]=',
      'user.microapp.locale=en_US',
    ])
  })

  it('is listed in Dialogs, whose root is empty without a dialog (user 4.7)', () => {
    expect(renderDialogs([])).toBe('<Dialogs/>')
    expect(renderDialogs([taskValue(), callValue()])).toBe(
      `<Dialogs>${renderDialog(taskValue())}${renderDialog(callValue())}</Dialogs>`,
    )
  })
})

describe('SystemInfo', () => {
  const context = { primaryHost: 'a.example', xmppDomain: 'a.example', pubsubDomain: 'pubsub.a.example' }

  // The first one, because the product asks for the zone of the machine only once.
  it('is in UTC without a time zone, wherever the server is (user 9.1)', () => {
    const { TZ } = process.env
    onTestFinished(() => {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    })
    process.env.TZ = 'Asia/Kolkata'
    expect(new Date(AT).getTimezoneOffset()).toBe(-330)
    expect(renderSystemInfo(systemInfoValue(), context)).toContain('<timezoneOffset>0</timezoneOffset>')
  })

  it('has the members of 12.5 in their order (user 9.1)', () => {
    expect(renderSystemInfo(systemInfoValue(), { ...context, secondaryHost: 'b.example' })).toBe(
      `<SystemInfo><currentTimestamp>${AT_TEXT}</currentTimestamp><deploymentType>UCCE</deploymentType>` +
        `<lastCTIHeartbeatStatus>success</lastCTIHeartbeatStatus><lastSuccessCTIHeartbeatTime>${AT}` +
        '</lastSuccessCTIHeartbeatTime><ctiVersion>23</ctiVersion><ctiHeartbeatInterval>5</ctiHeartbeatInterval>' +
        '<license></license><peripheralId>5000</peripheralId><primaryNode><host>a.example</host></primaryNode>' +
        '<secondaryNode><host>b.example</host></secondaryNode><status>IN_SERVICE</status><statusReason></statusReason>' +
        '<systemAuthMode>NON_SSO</systemAuthMode><timezoneOffset>0</timezoneOffset><uri>/finesse/api/SystemInfo</uri>' +
        '<xmppDomain>a.example</xmppDomain><xmppPubSubDomain>pubsub.a.example</xmppPubSubDomain></SystemInfo>',
    )
  })

  it('names the platform, and no second node when there is none', () => {
    const info = renderSystemInfo(systemInfoValue(), { ...context, secondaryHost: 'b.example' })
    const changed = systemInfoValue({ platform: 'CCX', status: 'OUT_OF_SERVICE', statusReason: 'The side is lost' })
    expect(renderSystemInfo(changed, { ...context, timeZone: 'Asia/Kolkata' })).toBe(
      info
        .replace(/<secondaryNode>.*<\/secondaryNode>/, '')
        .replace('UCCE', 'UCCX')
        .replace('IN_SERVICE', 'OUT_OF_SERVICE')
        .replace('<statusReason>', '<statusReason>The side is lost')
        .replace('<timezoneOffset>0', '<timezoneOffset>330'),
    )
  })

  it('shows the offset of the time zone at that moment (user 9.1)', () => {
    const at = (currentTime: number, timeZone: string) =>
      /<timezoneOffset>(.*)<\/timezoneOffset>/.exec(
        renderSystemInfo(systemInfoValue({ currentTime }), { ...context, timeZone }),
      )?.[1]
    const [winter, summer] = [Date.UTC(2026, 0, 5), Date.UTC(2026, 6, 5)]
    expect([at(winter, 'Europe/Paris'), at(summer, 'Europe/Paris')]).toEqual(['60', '120'])
    expect([at(winter, 'America/St_Johns'), at(winter, 'UTC')]).toEqual(['-210', '0'])
  })
})

describe('ReasonCode', () => {
  it('is written in the order of live lists (user 4.10)', () => {
    const code =
      '<ReasonCode><uri>/finesse/api/ReasonCode/16</uri><id>16</id><category>NOT_READY</category><code>10</code>' +
      '<label>Team Meeting</label><forAll>true</forAll><systemCode>false</systemCode></ReasonCode>'
    expect(renderReasonCode(TEAM_MEETING)).toBe(code)
    expect(renderReasonCodes('ALL', [TEAM_MEETING, TEAM_MEETING])).toBe(
      `<ReasonCodes category="ALL">${code}${code}</ReasonCodes>`,
    )
    expect(renderReasonCodes('LOGOUT', [])).toBe('<ReasonCodes category="LOGOUT"/>')
  })
})
