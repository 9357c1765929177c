import { expect, it } from 'vitest'
import { loadDirectory, lookup } from '../../src/directory/index.ts'

const { directory, credentials, warnings } = await loadDirectory()
const find = lookup(directory)

it('has the users, teams, MRDs and reason codes of the design', () => {
  expect(directory.users.map(({ id, loginName, teamId }) => `${id} ${loginName} ${teamId}`)).toEqual([
    '1234 csmith 500',
    '1001 areyes 2001',
    '1002 bnovak 2001',
    '1003 cmeyer 2001',
    '1004 dokafor 2002',
    '1005 elind 2002',
    '1006 fsato 2003',
  ])
  expect(find.user('1234')).toMatchObject({
    roles: ['Agent', 'Supervisor'],
    extensions: ['1001001'],
    mobileAgent: true,
    settings: { wrapUpOnIncoming: 'OPTIONAL', wrapUpOnOutgoing: 'REQUIRED' },
    supervises: ['2001', '2002', '2003'],
  })
  expect(find.user('1006')).toMatchObject({ mobileAgent: true, mediaRoutingDomains: ['5001', '5002'] })
  expect(directory.mediaRoutingDomains.map((mrd) => [mrd.id, mrd.interruptible, mrd.startTimeoutSeconds])).toEqual([
    ['1', false, 30],
    ['5001', true, 120],
    ['5002', false, 30],
    ['5003', true, 60],
  ])
  expect(directory.queues).toEqual([
    {
      id: '701',
      name: 'Support Line',
      numbers: ['8000'],
      agents: ['1001', '1002', '1003'],
      policy: 'longest-available',
      timeoutSeconds: 600,
      ringSeconds: 15,
    },
    {
      id: '702',
      name: 'Sales Line',
      numbers: ['8001', '8002'],
      agents: ['1234', '1004', '1005'],
      policy: 'in-order',
      timeoutSeconds: 600,
      ringSeconds: 15,
    },
  ])
  const own = directory.reasonCodes.filter(({ systemCode }) => !systemCode)
  expect(own.map(({ id, category, code }) => `${id} ${category} ${code}`)).toEqual([
    '16 NOT_READY 10',
    '17 NOT_READY 20',
    '18 LOGOUT 30',
  ])
  expect(directory.wrapUpReasons?.map(({ id, label, teams }) => [id, label, teams])).toEqual([
    ['1', 'Product Question', undefined],
    ['2', 'Complaint', undefined],
    ['3', 'Sale', ['500']],
  ])
})

it('has the defaults of the design', () => {
  expect(directory).toMatchObject({
    platform: 'CCE',
    settings: {
      fidelity: 'finesse',
      presenceGraceSeconds: 60,
      requirePresenceAfterSignIn: false,
      logoutOnAgentDisconnect: 0,
      userSignoutChannel: 'all',
      requireReasonCode: false,
      echoMediaRequestId: false,
      autoWorkModeStateChange: true,
      notificationNamespace: 'http://jabber.org/protocol/pubsub',
      callRingSeconds: 30,
      transferTimeoutSeconds: 10,
      conferencePartiesMax: 4,
      enableDropParticipantFor: 'supervisor_only',
      lockout: { attempts: 5, seconds: 300 },
    },
  })
  expect(find.mrd('5001')).toMatchObject({ maxTaskDurationSeconds: 28_800, taskLifeSeconds: 1200 })
  expect(find.user('1001')).toMatchObject({
    roles: ['Agent'],
    mobileAgent: false,
    supervises: [],
    settings: { wrapUpOnIncoming: 'OPTIONAL', wrapUpOnOutgoing: 'NOT_ALLOWED', wrapUpSeconds: 30 },
  })
})

it('keeps credentials out of the directory, and gives no warning about its own passwords', () => {
  expect(JSON.stringify(directory)).not.toContain('secret')
  expect(credentials).toHaveLength(8)
  expect(credentials).toContainEqual({ id: 'admin', kind: 'administrator', secret: 'plain:secret' })
  expect(credentials).toContainEqual({ id: '1001', loginName: 'areyes', kind: 'user', secret: 'plain:secret' })
  expect(warnings ?? []).toEqual([])
})

it('lookup finds entries', () => {
  expect(lookup(directory)).toBe(find)
  expect(find.userByLoginName('AREYES')?.id).toBe('1001')
  expect(find.userByLoginName('1001')).toBeUndefined()
  expect(find.userByName('1001')?.id).toBe('1001')
  expect(find.userByName('nobody')).toBeUndefined()
  expect(find.userByExtension('1001001')?.id).toBe('1234')
  expect(find.mrdBySelector('chat_sales')?.id).toBe('5002')
  expect(find.queue('701')?.name).toBe('Support Line')
  expect(find.queueByNumber('8002')?.id).toBe('702')
  expect(find.queueByNumber('1001')).toBeUndefined()
  expect(find.team('2001')?.name).toBe('First Line Support')
  expect(find.members('2002').map(({ id }) => id)).toEqual(['1004', '1005'])
  expect(find.members('9')).toEqual([])
  expect(find.reason('17')?.label).toBe('Lunch')
})

it('has the system codes of user 6.3 with stable ids', () => {
  expect(find.systemReason('LOGOUT', 255)).toMatchObject({ id: '1001', systemCode: true, label: 'Connection Failure' })
  expect(find.systemReason('NOT_READY', 32_767)).toMatchObject({ id: '1008', label: 'Call Not Answered' })
  expect(find.systemReason('NOT_READY', 10)).toBeUndefined()
  expect(find.reason('1002')).toBe(find.systemReason('NOT_READY', 999))
})

it('lookup says which users a supervisor supervises (user 5.7)', () => {
  expect(find.supervises('1234', '1006')).toBe(true)
  expect(find.supervises('1234', '1234')).toBe(false)
  expect(find.supervises('1001', '1002')).toBe(false)
  expect(find.supervises('1234', 'nobody')).toBe(false)
  expect(find.supervises('nobody', '1001')).toBe(false)
})
