/** Documents of the configuration that desktops read, and team messages. */
import { describe, expect, it } from 'vitest'
import {
  contactList,
  phoneBookList,
  phoneBookWith,
  renderContact,
  renderEccVariables,
  renderLayout,
  renderLayouts,
  renderMediaDomain,
  renderMediaDomains,
  renderPhoneBook,
  renderTeamMessage,
  renderTeamMessages,
  renderUpdate,
  renderWorkflow,
  renderWorkflowAction,
  renderWorkflowActions,
  renderWrapUpReason,
  renderWrapUpReasons,
  workflowList,
} from '../../src/finesse/index.ts'
import { LAYOUT, notification, teamMessageValue, WORKFLOW, WORKFLOW_ACTION } from './values.ts'

describe('MediaPropertiesLayout', () => {
  const layout =
    '<MediaPropertiesLayout><uri>/finesse/api/MediaPropertiesLayout/7</uri><name>Sales &amp; more</name><description>' +
    'For sales</description><type>CUSTOM</type><header><entry><displayName>Customer</displayName><mediaProperty>' +
    'callVariable1</mediaProperty></entry></header><column><entry><displayName>Number</displayName><mediaProperty>' +
    'fromAddress</mediaProperty></entry><entry><displayName>Wrap-up</displayName><mediaProperty>wrapUpReason' +
    '</mediaProperty></entry></column><column/></MediaPropertiesLayout>'

  it('has its header, and then its columns with their entries (dialog 12)', () => {
    expect(renderLayout(LAYOUT)).toBe(layout)
  })

  it('is listed in MediaPropertiesLayouts', () => {
    expect(renderLayouts([LAYOUT, LAYOUT])).toBe(`<MediaPropertiesLayouts>${layout}${layout}</MediaPropertiesLayouts>`)
    expect(renderLayouts([])).toBe('<MediaPropertiesLayouts/>')
  })
})

describe('ECCVariableConfig', () => {
  it('has the name and the length of each variable, but not the size of arrays (dialog 10)', () => {
    expect(
      renderEccVariables([
        { name: 'user.account', length: 40 },
        { name: 'user.items', length: 10, size: 3 },
      ]),
    ).toBe(
      '<ECCVariableConfig><ECCVariable><name>user.account</name><length>40</length></ECCVariable>' +
        '<ECCVariable><name>user.items</name><length>10</length></ECCVariable></ECCVariableConfig>',
    )
    expect(renderEccVariables([])).toBe('<ECCVariableConfig/>')
  })
})

describe('MediaDomain', () => {
  const EMAIL = {
    ...{ id: '5001', name: 'Email', description: 'Mail <all>', interruptible: true, scriptSelectors: ['email'] },
    ...{ startTimeoutSeconds: 120, maxTaskDurationSeconds: 28_800, taskLifeSeconds: 1200 },
  }
  const email =
    '<MediaDomain><description>Mail &lt;all&gt;</description><id>5001</id><interruptible>true</interruptible>' +
    '<name>Email</name><uri>/finesse/api/MediaDomain/5001</uri></MediaDomain>'

  it('has its elements in alphabetical order', () => {
    expect(renderMediaDomain(EMAIL)).toBe(email)
    expect(renderMediaDomain({ ...EMAIL, interruptible: false })).toBe(email.replace('>true<', '>false<'))
  })

  it('is listed in MediaDomains', () => {
    expect(renderMediaDomains([EMAIL, EMAIL])).toBe(`<MediaDomains>${email}${email}</MediaDomains>`)
    expect(renderMediaDomains([])).toBe('<MediaDomains/>')
  })
})

describe('PhoneBook', () => {
  const CONTACT = { id: '3', firstName: 'Mia', lastName: 'Öz', phoneNumber: '5550123', description: 'R&D' }
  const GLOBAL = { id: '11', name: 'Everybody', contacts: [CONTACT] }
  const TEAM = { ...GLOBAL, id: '12', name: 'Sales', teams: ['500'] }
  const contact =
    '<Contact><firstName>Mia</firstName><lastName>Öz</lastName><phoneNumber>5550123</phoneNumber><description>' +
    'R&amp;D</description><uri>/finesse/api/PhoneBook/11/Contact/3</uri></Contact>'
  const beginning = '<PhoneBook><uri>/finesse/api/PhoneBook/11</uri><name>Everybody</name><type>GLOBAL</type>'

  it('has a URI in place of its contacts, and says whether all teams have it (user 4.12)', () => {
    const global = `${beginning}<contacts>/finesse/api/PhoneBook/11/Contacts</contacts></PhoneBook>`
    expect(renderPhoneBook(GLOBAL)).toBe(global)
    expect(renderPhoneBook(TEAM)).toBe(
      global.replaceAll('/11', '/12').replace('Everybody', 'Sales').replace('GLOBAL', 'TEAM'),
    )
  })

  it('has its contacts in a list of books (user 4.12)', () => {
    expect(renderContact('11', CONTACT)).toBe(contact)
    expect(phoneBookWith(GLOBAL, [contact, contact])).toBe(
      `${beginning}<contacts>${contact}${contact}</contacts></PhoneBook>`,
    )
    expect(phoneBookWith(GLOBAL, [])).toBe(`${beginning}<contacts/></PhoneBook>`)
  })

  it('is listed in PhoneBooks, and its contacts in Contacts', () => {
    expect([phoneBookList(['<a/>', '<b/>']), phoneBookList([])]).toEqual([
      '<PhoneBooks><a/><b/></PhoneBooks>',
      '<PhoneBooks/>',
    ])
    expect([contactList(['<a/>', '<b/>']), contactList([])]).toEqual(['<Contacts><a/><b/></Contacts>', '<Contacts/>'])
  })
})

describe('WrapUpReason', () => {
  const FOR_ALL = { id: '21', label: 'Sold & done' }
  const FOR_TEAMS = { ...FOR_ALL, id: '22', teams: ['500'] }
  const reason =
    '<WrapUpReason><uri>/finesse/api/WrapUpReason/21</uri><label>Sold &amp; done</label><forAll>true</forAll>' +
    '</WrapUpReason>'

  it('says whether all teams have it (user 4.11)', () => {
    expect(renderWrapUpReason(FOR_ALL)).toBe(reason)
    expect(renderWrapUpReason(FOR_TEAMS)).toBe(reason.replace('/21', '/22').replace('true', 'false'))
  })

  it('is a part of the user who reads it (user 4.11)', () => {
    const own = reason.replace('/api/', '/api/User/1001/')
    expect(renderWrapUpReason(FOR_ALL, '1001')).toBe(own)
    expect(renderWrapUpReasons([FOR_ALL, FOR_ALL], '1001')).toBe(`<WrapUpReasons>${own}${own}</WrapUpReasons>`)
    expect(renderWrapUpReasons([FOR_ALL])).toBe(`<WrapUpReasons>${reason}</WrapUpReasons>`)
    expect(renderWrapUpReasons([])).toBe('<WrapUpReasons/>')
  })
})

describe('Workflow', () => {
  const action =
    '<WorkflowAction><uri>/finesse/api/WorkflowAction/31</uri><name>Look up</name><type>BROWSER_POP</type><handledBy>' +
    'FINESSE_DESKTOP</handledBy><params><Param><name>path</name><value>https://crm.example/?n=$1&amp;x</value></Param>' +
    '<Param><name>windowName</name><value>crm</value></Param></params><actionVariables><ActionVariable><name>ANI</name>' +
    '<node>//fromAddress</node><type>CUSTOM</type><testValue>5550100</testValue></ActionVariable></actionVariables>' +
    '</WorkflowAction>'
  const workflow =
    '<Workflow><uri>/finesse/api/Workflow/41</uri><name>Greet</name><description>Shows &lt;the&gt; customer' +
    '</description><media>1</media><TriggerSet><type>SYSTEM</type><name>CALL_ARRIVES</name>' +
    '<allowOverlappingCallWorkflow>false</allowOverlappingCallWorkflow><triggers><Trigger><Variable><name>mediaType' +
    '</name><node>//mediaType</node><type>CUSTOM</type></Variable><comparator>IS_EQUAL</comparator><value>Voice' +
    '</value></Trigger></triggers></TriggerSet><ConditionSet><applyMethod>ANY</applyMethod><conditions><Condition>' +
    '<Variable><name>callVariable1</name><node></node><type>SYSTEM</type></Variable><comparator>CONTAINS</comparator>' +
    '<value>gold</value></Condition></conditions></ConditionSet><workflowActions>'

  it('has its actions as a whole for the desktop that runs them (dialog 12)', () => {
    expect(renderWorkflow(WORKFLOW, [WORKFLOW_ACTION], 'whole actions')).toBe(
      `${workflow}${action}</workflowActions></Workflow>`,
    )
  })

  it('has summaries of its actions in the object itself (dialog 12)', () => {
    expect(renderWorkflow(WORKFLOW, [WORKFLOW_ACTION], 'summaries')).toBe(
      `${workflow}<WorkflowAction><name>Look up</name><type>BROWSER_POP</type><uri>/finesse/api/WorkflowAction/31` +
        '</uri></WorkflowAction></workflowActions></Workflow>',
    )
  })

  it('is listed in Workflows, and its actions in WorkflowActions', () => {
    expect([workflowList(['<a/>', '<b/>']), workflowList([])]).toEqual([
      '<Workflows><a/><b/></Workflows>',
      '<Workflows/>',
    ])
    expect(renderWorkflowAction(WORKFLOW_ACTION)).toBe(action)
    expect(renderWorkflowActions([WORKFLOW_ACTION, WORKFLOW_ACTION])).toBe(
      `<WorkflowActions>${action}${action}</WorkflowActions>`,
    )
    expect(renderWorkflowActions([])).toBe('<WorkflowActions/>')
  })
})

describe('TeamMessage', () => {
  const message =
    '<TeamMessage><uri>/finesse/api/TeamMessage/9</uri><id>9</id><createdBy><id>1234</id><firstName>Chris</firstName>' +
    '<lastName>Smith</lastName></createdBy><createdAt>1715677953</createdAt><duration>600</duration><content>Fire ' +
    'drill &amp; cake</content><teams><team>2001</team><team>2002</team></teams></TeamMessage>'

  it('says who wrote it and when, in whole seconds (dialog 9)', () => {
    expect(renderTeamMessage(teamMessageValue())).toBe(message)
    const withoutTeams = message.replace(/<teams>.*<\/teams>/, '<teams/>')
    expect(renderTeamMessage(teamMessageValue({ teams: [] }))).toBe(withoutTeams)
  })

  it('is listed in TeamMessages', () => {
    expect(renderTeamMessages([teamMessageValue(), teamMessageValue()])).toBe(
      `<TeamMessages>${message}${message}</TeamMessages>`,
    )
    expect(renderTeamMessages([])).toBe('<TeamMessages/>')
  })

  it('has the same root in notifications (dialog 9)', () => {
    expect(renderUpdate(notification({ value: teamMessageValue(), event: 'POST' }))).toContain(
      `<Update><data>${message}</data><event>POST</event>`,
    )
  })
})
