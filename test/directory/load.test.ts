import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { DirectoryError, loadDirectory, parseDirectory } from '../../src/directory/index.ts'

const HASH = `scrypt$16384$8$1$${'s'.repeat(22)}$${'h'.repeat(43)}`

const user = { id: '1001', loginName: 'areyes', teamId: '2001', passwordHash: HASH }
const base = {
  version: 1,
  teams: [{ id: '2001', name: 'First' }],
  mediaRoutingDomains: [{ id: '5001', name: 'Email', scriptSelectors: ['email'] }],
  users: [user],
}
const queue = { id: '701', name: 'Support Line', numbers: ['8000'], agents: ['1001'] }
const reason = { id: '20', category: 'NOT_READY', code: 40, label: 'Coffee' }

function problemsOf(text: string): readonly string[] {
  try {
    parseDirectory(text, 'agents.yaml')
    return []
  } catch (error) {
    if (error instanceof DirectoryError) return error.message.split('\n')
    throw error
  }
}

/** Problems of the base file with some sections replaced, without their line numbers. */
function problems(parts: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf(stringify({ ...base, ...parts })).map((line) => line.replace(/^agents\.yaml:\d+:\d+ /, ''))
}

describe("with `passwords: 'none'`", () => {
  const { passwordHash: _, ...bare } = user

  it('a file needs no passwords, and the result has no credentials', () => {
    const file = stringify({ ...base, administrators: [{ id: 'admin' }], users: [bare] })
    const { directory, ...loaded } = parseDirectory(file, 'agents.yaml', { passwords: 'none' })
    expect(directory.users.map(({ id }) => id)).toEqual(['1001'])
    expect(loaded).toEqual({ credentials: [], passwords: 'none', warnings: [], hasEndMark: false })
  })

  it('passwords in the file are ignored with a warning', () => {
    const file = stringify({ ...base, administrators: [{ id: 'admin' }], users: [{ ...user, password: 'both' }] })
    const { directory, credentials, warnings } = parseDirectory(file, 'agents.yaml', { passwords: 'none' })
    expect(JSON.stringify(directory)).not.toContain('both')
    expect(credentials).toEqual([])
    expect(warnings).toEqual(['1 of 2 accounts have a password in the file, which is ignored'])
  })

  it('a file and the sample are loaded without credentials', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mrdian-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'agents.yaml')
    await writeFile(file, stringify({ ...base, users: [bare] }))
    expect(await loadDirectory(file, { passwords: 'none' })).toMatchObject({ credentials: [], passwords: 'none' })
    await expect(loadDirectory(file)).rejects.toThrow('users[0]: password or passwordHash is missing')
    expect((await loadDirectory(undefined, { passwords: 'none' })).credentials).toEqual([])
  })
})

describe('the place of a problem', () => {
  it('is line, column and path, and problems are in the order of the file', () => {
    const text = [
      'version: 1',
      'teams: [{ id: "2001", name: First }]',
      'users:',
      '  - id: "1001"',
      '    loginName: areyes',
      '    password: secret',
      '    teamId: "2009"',
      '  - id: "1002"',
      '    loginName: Areyes',
      '    teamId: "2001"',
      '    extensions: ["1", "1"]',
    ].join('\n')
    expect(problemsOf(text)).toEqual([
      'agents.yaml:7:5 users[0].teamId: team "2009" does not exist',
      'agents.yaml:8:5 users[1]: password or passwordHash is missing',
      'agents.yaml:9:5 users[1].loginName: name "Areyes" is already used by users[0]',
      'agents.yaml:11:23 users[1].extensions[1]: extension "1" is already used by users[1]',
    ])
  })

  it('is also found in anchors', () => {
    const text = `version: 1\nsettings: { lockout: &x { attempts: 0 } }\n`
    expect(problemsOf(text)).toEqual(['agents.yaml:2:27 settings.lockout.attempts: must be at least 1'])
    const alias = `version: 1\nusers:\n  - { id: a, loginName: b, teamId: c, settings: &s { wrapUpSeconds: 0 } }\n  - { id: d, loginName: e, teamId: f, settings: *s }\n`
    expect(problemsOf(alias)[1]).toBe('agents.yaml:3:54 users[1].settings.wrapUpSeconds: must be at least 1')
  })

  it('is given for text that is not YAML, also when its aliases would expand to too much', () => {
    expect(problemsOf('version: 1\nusers: [')[0]).toMatch(/^agents\.yaml:2:\d+ is not YAML: /)
    expect(problemsOf('version: 1\nversion: 1')[0]).toMatch(/^agents\.yaml:2:1 is not YAML: Map keys must be unique/)
    expect(problemsOf('')).toEqual(['agents.yaml:1:1 must be a map of keys and values'])
    const laughs = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
    ]
    expect(problemsOf(laughs.join('\n'))[0]).toMatch(/alias/i)
  })

  it('is given for a hundred problems; the rest is counted', () => {
    const lines = problemsOf(stringify({ ...base, users: Array.from({ length: 150 }, () => ({})) }))
    expect(lines).toHaveLength(101)
    expect(lines.at(-1)).toBe('and 350 more')
  })
})

describe('the form of a file', () => {
  it('accepts the smallest file', () => {
    expect(parseDirectory('version: 1', 'x').directory.users).toEqual([])
    expect(problems({})).toEqual([])
  })

  it.each([
    [{ version: 2 }, 'version: must be 1'],
    [{ colour: 1 }, 'colour: unknown key'],
    [{ users: [{ ...user, nick: 'x' }] }, 'users[0].nick: unknown key'],
    [{ users: [{ ...user, id: 1001 }] }, 'users[0].id: must be text: write "1001" in quotes'],
    [{ users: [{ ...user, id: 'a_b' }] }, 'users[0].id: must be 1 to 32 letters, digits, "." or "-"'],
    [{ users: [{ ...user, id: 'a'.repeat(33) }] }, 'users[0].id: must be 1 to 32 letters, digits, "." or "-"'],
    [{ users: [{ ...user, teamId: undefined }] }, 'users[0].teamId: is missing'],
    [
      { users: [{ ...user, loginName: 'a:b' }] },
      'users[0].loginName: must be 1 to 64 characters without spaces, ":" and "/"',
    ],
    [{ users: [{ ...user, firstName: 'a\u0001' }] }, 'users[0].firstName: must not contain control characters'],
    [{ users: [{ ...user, roles: ['Boss'] }] }, 'users[0].roles[0]: must be one of Agent, Supervisor'],
    [{ users: 'x' }, 'users: must be a list'],
    [{ platform: 'UCCE' }, 'platform: must be one of CCE, CCX'],
    [{ settings: { logoutOnAgentDisconnect: 2 } }, 'settings.logoutOnAgentDisconnect: must be one of 0, 1'],
    [{ settings: { presenceGraceSeconds: -1 } }, 'settings.presenceGraceSeconds: must be at least 0'],
    [{ settings: { timeZone: 'Paris' } }, 'settings.timeZone: must be a time zone like "Europe/Paris"'],
    [{ settings: { timeZone: '+02:00' } }, 'settings.timeZone: must be a time zone like "Europe/Paris"'],
    [{ settings: { board: { stateSeconds: { HOLD: 0 } } } }, 'settings.board.stateSeconds.HOLD: must be at least 1'],
    [{ settings: { callRingSeconds: 601 } }, 'settings.callRingSeconds: must be at most 600'],
    [{ settings: { lockout: { seconds: 1.5 } } }, 'settings.lockout.seconds: must be a whole number'],
    [{ settings: { requirePresenceAfterSignIn: 1 } }, 'settings.requirePresenceAfterSignIn: must be true or false'],
    [{ settings: { requireReasonCode: 'yes' } }, 'settings.requireReasonCode: must be true or false'],
    [{ reasonCodes: [{ ...reason, code: 65_536 }] }, 'reasonCodes[0].code: must be at most 65535'],
    [{ reasonCodes: [{ ...reason, code: 0 }] }, 'reasonCodes[0].code: must be at least 1'],
    [{ reasonCodes: [{ ...reason, label: 'x'.repeat(41) }] }, 'reasonCodes[0].label: must have at most 40 characters'],
    [{ reasonCodes: [{ ...reason, label: '  ' }] }, 'reasonCodes[0].label: must not be empty'],
    [{ queues: [{ ...queue, id: '07' }] }, 'queues[0].id: must be a number of at most 9 digits, in quotes'],
    [{ queues: [{ ...queue, name: ' ' }] }, 'queues[0].name: must not be empty'],
    [
      { queues: [{ ...queue, numbers: ['80 00'] }] },
      'queues[0].numbers[0]: must be 1 to 32 digits, letters, "*", "#" or "+"',
    ],
    [
      { queues: [{ ...queue, policy: 'random' }] },
      'queues[0].policy: must be one of in-order, longest-available, least-occupied, most-skilled, least-skilled',
    ],
    [{ queues: [{ ...queue, timeoutSeconds: 0 }] }, 'queues[0].timeoutSeconds: must be at least 1'],
    [{ queues: [{ ...queue, ringSeconds: 601 }] }, 'queues[0].ringSeconds: must be at most 600'],
    [{ queues: [{ ...queue, team: '2001' }] }, 'queues[0].team: unknown key'],
    [
      { mediaRoutingDomains: [{ id: '5001', name: 'Email', policy: 'in-order' }] },
      'mediaRoutingDomains[0].policy: must be one of most-free-slots, longest-available, least-occupied, most-skilled, least-skilled',
    ],
    [
      { mediaRoutingDomains: [{ id: '5001', name: 'Email', scriptSelectors: ['email'], priorities: { chat: 1 } }] },
      'mediaRoutingDomains[0].priorities.chat: is not among the script selectors of the MRD',
    ],
    [
      { queues: [{ ...queue, priorities: { '8001': 1 } }] },
      'queues[0].priorities.8001: is not among the numbers of the queue',
    ],
    [{ queues: [{ ...queue, skills: { '1001': 11 } }] }, 'queues[0].skills.1001: must be at most 10'],
    [
      { queues: [{ ...queue, skills: { '1002': 1 } }] },
      'queues[0].skills.1002: user "1002" is not an agent of the queue',
    ],
    [{ queues: [{ ...queue, overflow: [{ afterSeconds: 20 }] }] }, 'queues[0].overflow[0]: must name agents or teams'],
    [
      { queues: [{ ...queue, overflow: [{ afterSeconds: 20, teams: ['2009'] }] }] },
      'queues[0].overflow[0].teams[0]: team "2009" does not exist',
    ],
    [
      {
        queues: [
          {
            ...queue,
            overflow: [
              { afterSeconds: 20, teams: ['2001'] },
              { afterSeconds: 20, agents: ['1001'] },
            ],
          },
        ],
      },
      'queues[0].overflow[1].afterSeconds: must be later than the stage before',
    ],
    [
      {
        mediaRoutingDomains: [
          { id: '5001', name: 'Email', scriptSelectors: ['email'], overflow: [{ afterSeconds: 20, agents: ['1001'] }] },
        ],
      },
      'mediaRoutingDomains[0].overflow[0].agents[0]: user "1001" is not a user with this MRD',
    ],
  ])('refuses %j', (parts, expected) => {
    expect(problems(parts)).toEqual([expected])
  })

  it('never quotes a password', () => {
    expect(problems({ users: [{ ...user, passwordHash: undefined, password: 4711 }] }).join()).not.toContain('4711')
    expect(problems({ users: [{ ...user, passwordHash: 'hunter2' }] }).join()).not.toContain('hunter2')
  })
})

describe('references between entries', () => {
  const second = { ...user, id: '1002', loginName: 'bnovak' }
  it.each([
    [{ users: [user, { ...second, id: '1001' }] }, 'users[1].id: name "1001" is already used by users[0]'],
    [{ users: [user, { ...second, id: 'AREYES' }] }, 'users[1].id: name "AREYES" is already used by users[0]'],
    [
      { administrators: [{ id: 'Admin', passwordHash: HASH }], users: [{ ...user, loginName: 'admin' }] },
      'users[0].loginName: name "admin" is already used by administrators[0]',
    ],
    [{ users: [{ ...user, loginName: 'Finesse' }] }, 'users[0].loginName: "Finesse" is reserved'],
    [{ administrators: [{ id: 'finesse', passwordHash: HASH }] }, 'administrators[0].id: "finesse" is reserved'],
    [{ users: [{ ...user, password: 'x' }] }, 'users[0].passwordHash: give either password or passwordHash, not both'],
    [{ administrators: [{ id: 'a' }] }, 'administrators[0]: password or passwordHash is missing'],
    [
      { users: [{ ...user, passwordHash: 'scrypt$1000$8$1$x$y' }] },
      'users[0].passwordHash: must be scrypt$N$r$p$salt$hash, as hash-password prints it',
    ],
    [
      { mediaRoutingDomains: [...base.mediaRoutingDomains, { id: '5002', name: 'Chat', scriptSelectors: ['email'] }] },
      'mediaRoutingDomains[1].scriptSelectors[0]: selector "email" is already used by MRD "5001"',
    ],
    [
      { mediaRoutingDomains: [{ id: '1', name: 'Voice', scriptSelectors: ['x'] }] },
      'mediaRoutingDomains[0].scriptSelectors: MRD "1" is voice and has no script selectors',
    ],
    [
      { mediaRoutingDomains: [{ id: '1', name: 'Voice', policy: 'longest-available' }], queues: [] },
      'mediaRoutingDomains[0].policy: MRD "1" is voice: each of the queues has its policy',
    ],
    [{ queues: [queue, { ...queue, numbers: [] }] }, 'queues[1].id: id "701" is already used by queues[0]'],
    [{ queues: [{ ...queue, id: '5001' }] }, 'queues[0].id: id "5001" is already used by MRD "5001"'],
    [{ queues: [{ ...queue, id: '1' }] }, 'queues[0].id: id "1" is already used by the MRD of voice'],
    [{ queues: [queue, { ...queue, id: '702' }] }, 'queues[1].numbers[0]: number "8000" is already used by queues[0]'],
    [
      { queues: [queue], users: [{ ...user, extensions: ['8000'] }] },
      'users[0].extensions[0]: extension "8000" is already used by queues[0]',
    ],
    [{ queues: [{ ...queue, agents: ['1001', '1001'] }] }, 'queues[0].agents[1]: "1001" is listed twice'],
    [{ queues: [{ ...queue, agents: ['9'] }] }, 'queues[0].agents[0]: user "9" does not exist'],
    [{ teams: [...base.teams, ...base.teams] }, 'teams[1].id: id "2001" is already used by teams[0]'],
    [{ users: [{ ...user, mediaRoutingDomains: ['9'] }] }, 'users[0].mediaRoutingDomains[0]: MRD "9" does not exist'],
    [
      { users: [{ ...user, mediaRoutingDomains: ['1'] }] },
      'users[0].mediaRoutingDomains[0]: MRD "1" is voice; leave it out',
    ],
    [
      { users: [{ ...user, mediaRoutingDomains: ['5001', '5001'] }] },
      'users[0].mediaRoutingDomains[1]: "5001" is listed twice',
    ],
    [
      { users: [{ ...user, supervises: ['2001'] }] },
      'users[0].supervises: only a user with role Supervisor supervises teams',
    ],
    [
      { users: [{ ...user, roles: ['Supervisor'], supervises: ['9'] }] },
      'users[0].supervises[0]: team "9" does not exist',
    ],
    [
      {
        users: [
          { ...user, extensions: ['7'] },
          { ...second, extensions: ['7'] },
        ],
      },
      'users[1].extensions[0]: extension "7" is already used by users[0]',
    ],
    [
      { reasonCodes: [{ ...reason, id: '1001' }] },
      'reasonCodes[0].id: id "1001" is already used by the system code 255',
    ],
    [
      { reasonCodes: [{ ...reason, code: 999 }] },
      'reasonCodes[0].code: NOT_READY code 999 is already used by the system code 999',
    ],
    [
      { reasonCodes: [reason, { ...reason, id: '21', code: 41, label: ' coffee ' }] },
      'reasonCodes[1].label: NOT_READY label "coffee" is already used by reasonCodes[0]',
    ],
    [{ platform: 'CCX', reasonCodes: [{ ...reason, code: 1000 }] }, 'reasonCodes[0].code: must be at most 999 on CCX'],
  ])('refuses %j', (parts, expected) => {
    expect(problems(parts)).toEqual([expected])
  })

  it('allow the same code and label in both categories', () => {
    expect(problems({ reasonCodes: [reason, { ...reason, id: '21', category: 'LOGOUT' }] })).toEqual([])
  })

  it('allow at most a hundred global codes of a category', () => {
    const codes = Array.from({ length: 101 }, (_, n) => ({ ...reason, id: String(n + 1), code: n + 1, label: `L${n}` }))
    expect(problems({ reasonCodes: codes.slice(1) })).toEqual([])
    expect(problems({ reasonCodes: codes })).toEqual(['reasonCodes[100]: more than 100 global codes of NOT_READY'])
  })
})

describe('files', () => {
  it('are read, with a warning about plain passwords', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mrdian-directory-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const file = join(directory, 'agents.yaml')
    await writeFile(file, stringify({ ...base, administrators: [{ id: 'admin', password: 'pw' }] }))
    const { credentials, warnings } = await loadDirectory(file)
    expect(credentials).toEqual([
      { id: 'admin', kind: 'administrator', secret: 'plain:pw' },
      { id: '1001', loginName: 'areyes', kind: 'user', secret: HASH },
    ])
    expect(warnings).toEqual(['1 of 2 accounts have a plain password in the file: prefer passwordHash'])
  })

  it('that cannot be read are named in the error', async () => {
    await expect(loadDirectory('/nowhere/agents.yaml')).rejects.toThrow(
      /^\/nowhere\/agents\.yaml cannot be read: ENOENT/,
    )
  })
})
