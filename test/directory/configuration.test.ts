/** The sections of the directory that desktops read: their shape, and the rules between entries. */
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { DirectoryError, parseDirectory } from '../../src/directory/index.ts'

const TEAMS = [
  { id: '2001', name: 'First' },
  { id: '2002', name: 'Second' },
]

/** Problems of a file with these sections, without their places. */
function problems(sections: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    parseDirectory(stringify({ version: 1, teams: TEAMS, ...sections }), 'agents.yaml')
    return []
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    return error.problems.map(({ path, message }) => `${path}: ${message}`)
  }
}

/** `count` entries with different ids. */
const many = (count: number, entry: (number: number) => object) =>
  Array.from({ length: count }, (_, index) => ({ id: String(index + 1), ...entry(index + 1) }))

it('every section may be left out', () => {
  const { directory } = parseDirectory('version: 1', 'agents.yaml')
  expect(directory).toMatchObject({
    wrapUpReasons: [],
    mediaPropertiesLayouts: [],
    phoneBooks: [],
    workflows: [],
    workflowActions: [],
    eccVariables: [],
  })
})

it('a problem has its line', () => {
  const text = 'version: 1\nwrapUpReasons:\n  - id: "1"\n    label: Order\n    teams: ["2009"]\n'
  expect(() => parseDirectory(text, 'agents.yaml')).toThrow(
    'agents.yaml:5:13 wrapUpReasons[0].teams[0]: team "2009" does not exist',
  )
})

describe('reason codes and their teams', () => {
  const code = { id: '1', category: 'NOT_READY', code: 1, label: 'Lunch' }

  it('a code is for all, unless it has teams or forAll says no', () => {
    const { directory } = parseDirectory(
      stringify({
        version: 1,
        teams: TEAMS,
        reasonCodes: [
          code,
          { ...code, id: '2', code: 2, label: 'Two', teams: ['2001'] },
          { ...code, id: '3', code: 3, label: 'Three', forAll: false },
        ],
      }),
      'agents.yaml',
    )
    expect(directory.reasonCodes.slice(0, 3).map(({ forAll, teams }) => [forAll, teams])).toEqual([
      [true, undefined],
      [false, ['2001']],
      [false, undefined],
    ])
  })

  it.each([
    [{ teams: ['2009'] }, 'reasonCodes[0].teams[0]: team "2009" does not exist'],
    [{ teams: ['2001', '2001'] }, 'reasonCodes[0].teams[1]: "2001" is listed twice'],
    [{ teams: ['2001'], forAll: true }, 'reasonCodes[0].teams: a code for all has no teams'],
    [{ teams: '2001' }, 'reasonCodes[0].teams: must be a list'],
  ])('refuses %j', (parts, expected) => {
    expect(problems({ reasonCodes: [{ ...code, ...parts }] })).toEqual([expected])
  })
})

describe('wrap-up reasons', () => {
  const reason = { id: '1', label: 'Order' }

  it.each([
    [{ id: 1 }, 'wrapUpReasons[0].id: must be text: write "1" in quotes'],
    [{ id: '01' }, 'wrapUpReasons[0].id: must be a number of at most 9 digits, in quotes'],
    [{ label: ' ' }, 'wrapUpReasons[0].label: must not be empty'],
    [{ label: 'x'.repeat(40) }, 'wrapUpReasons[0].label: must have at most 39 characters'],
    [{ label: 'ü'.repeat(20) }, 'wrapUpReasons[0].label: must have at most 39 bytes in UTF-8'],
    [{ forAll: true }, 'wrapUpReasons[0].forAll: unknown key'],
    [{ teams: ['2009'] }, 'wrapUpReasons[0].teams[0]: team "2009" does not exist'],
    [{ teams: ['2001', '2001'] }, 'wrapUpReasons[0].teams[1]: "2001" is listed twice'],
  ])('refuses %j', (parts, expected) => {
    expect(problems({ wrapUpReasons: [{ ...reason, ...parts }] })[0]).toBe(expected)
  })

  it('ids and labels are unique', () => {
    expect(problems({ wrapUpReasons: [reason, { id: '1', label: ' order' }] })).toEqual([
      'wrapUpReasons[1].id: id "1" is already used by wrapUpReasons[0]',
      'wrapUpReasons[1].label: label "order" is already used by wrapUpReasons[0]',
    ])
  })

  it('there are at most 100 for all, and 100 for a team', () => {
    const label = (number: number) => ({ label: `Reason ${number}` })
    const ofTeams = (teams: readonly string[]) => (number: number) => ({ ...label(number), teams: [...teams] })
    expect(problems({ wrapUpReasons: many(100, label) })).toEqual([])
    expect(problems({ wrapUpReasons: many(101, label) })).toEqual(['wrapUpReasons[100]: more than 100 for all teams'])
    expect(problems({ wrapUpReasons: many(101, ofTeams(['2001', '2002'])) })).toEqual([
      'wrapUpReasons[100]: more than 100 for team "2001"',
      'wrapUpReasons[100]: more than 100 for team "2002"',
    ])
    expect(problems({ wrapUpReasons: many(1501, (number) => ({ ...label(number), teams: [] })) })).toEqual([
      'wrapUpReasons[1500]: more than 1500 for some teams',
    ])
  })
})

describe('layouts', () => {
  const entry = { displayName: 'Customer', mediaProperty: 'callVariable1' }
  const layout = { id: '2', name: 'Orders', header: entry }
  const WRONG = 'must be a property of calls: callVariable1 to callVariable10, user.…, BACampaign, queueName, …'
  const eccVariables = [
    { name: 'user.one', length: 40 },
    { name: 'user.many', length: 40, size: 13 },
  ]

  it.each([
    [{ header: undefined }, 'header: is missing'],
    [{ header: { ...entry, displayName: 'x'.repeat(51) } }, 'header.displayName: must have at most 50 characters'],
    [{ header: { ...entry, uiEditable: true } }, 'header.uiEditable: unknown key'],
    [{ header: { mediaProperty: 'callVariable11' } }, `header.mediaProperty: ${WRONG}`],
    [{ header: { mediaProperty: 'constructor' } }, `header.mediaProperty: ${WRONG}`],
    [{ columns: [[], [], []] }, 'columns: must be at most 2 entries'],
    [{ columns: [Array.from({ length: 11 }, () => ({ ...entry }))] }, 'columns[0]: must be at most 10 entries'],
    [{ name: 'x'.repeat(41) }, 'name: must have at most 40 characters'],
    [{ description: 'x'.repeat(129) }, 'description: must have at most 128 characters'],
    [{ type: 'GLOBAL' }, 'type: must be one of DEFAULT, CUSTOM'],
    [{ id: '1' }, 'id: id "1" is already used by the built-in default layout'],
    [{ header: { mediaProperty: 'user.none' } }, 'header.mediaProperty: ECC variable "user.none" does not exist'],
    [
      { columns: [[], [{ mediaProperty: 'user.many' }]] },
      'columns[1][0].mediaProperty: ECC variable "user.many" is an array: give an index from 0 to 12',
    ],
    [
      { header: { mediaProperty: 'user.many[13]' } },
      'header.mediaProperty: ECC variable "user.many" is an array: give an index from 0 to 12',
    ],
    [
      { columns: [[{ mediaProperty: 'user.one[0]' }]] },
      'columns[0][0].mediaProperty: ECC variable "user.one" is not an array',
    ],
  ])('refuses %j', (parts, expected) => {
    expect(problems({ eccVariables, mediaPropertiesLayouts: [{ ...layout, ...parts }] })).toEqual([
      `mediaPropertiesLayouts[0].${expected}`,
    ])
  })

  it('takes every kind of property, and a default layout with the id of the built-in one', () => {
    const all = ['callVariable10', 'BAStatus', 'wrapUpReason', 'user.one', 'user.many[12]']
    const columns = [all.map((mediaProperty) => ({ mediaProperty })), []]
    expect(
      problems({ eccVariables, mediaPropertiesLayouts: [{ ...layout, id: '1', type: 'DEFAULT', columns }] }),
    ).toEqual([])
  })

  it('ids are unique, and one layout is the default', () => {
    const own = { ...layout, type: 'DEFAULT' }
    expect(problems({ mediaPropertiesLayouts: [own, { ...own, header: { ...entry } }] })).toEqual([
      'mediaPropertiesLayouts[1].id: id "2" is already used by mediaPropertiesLayouts[0]',
      'mediaPropertiesLayouts[1].type: type DEFAULT is already used by mediaPropertiesLayouts[0]',
    ])
  })
})

describe('phone books', () => {
  const contact = { firstName: 'Nora', lastName: 'Quist', phoneNumber: '5550150' }
  const book = { id: '1', name: 'Company', contacts: [contact] }

  it.each([
    [{ name: '' }, 'name: must not be empty'],
    [{ name: 'x'.repeat(65) }, 'name: must have at most 64 characters'],
    [{ teams: ['2009'] }, 'teams[0]: team "2009" does not exist'],
    [{ contacts: [{ ...contact, phoneNumber: '' }] }, 'contacts[0].phoneNumber: must not be empty'],
    [
      { contacts: [{ ...contact, phoneNumber: '5'.repeat(33) }] },
      'contacts[0].phoneNumber: must have at most 32 characters',
    ],
    [
      { contacts: [{ ...contact, phoneNumber: 5550150 }] },
      'contacts[0].phoneNumber: must be text: write "5550150" in quotes',
    ],
    [
      { contacts: [{ ...contact, lastName: 'x'.repeat(129) }] },
      'contacts[0].lastName: must have at most 128 characters',
    ],
    [
      { contacts: [{ ...contact, description: 'x'.repeat(129) }] },
      'contacts[0].description: must have at most 128 characters',
    ],
    [{ contacts: [{ ...contact, id: '7' }] }, 'contacts[0].id: unknown key'],
    [
      { contacts: Array.from({ length: 6001 }, () => ({ phoneNumber: '1' })) },
      'contacts: must be at most 6000 entries',
    ],
  ])('refuses a book, case %#', (parts, expected) => {
    expect(problems({ phoneBooks: [{ ...book, ...parts }] })).toEqual([`phoneBooks[0].${expected}`])
  })

  it('numbers the contacts of each book', () => {
    const { directory } = parseDirectory(
      stringify({ version: 1, phoneBooks: [{ id: '4', name: 'A', contacts: [{ ...contact }, { phoneNumber: '1' }] }] }),
      'agents.yaml',
    )
    expect(directory.phoneBooks?.[0]?.contacts).toEqual([
      { id: '1', ...contact, description: '' },
      { id: '2', firstName: '', lastName: '', phoneNumber: '1', description: '' },
    ])
  })

  it('ids and names are unique; at most 10 for all teams, and 300 for some', () => {
    expect(problems({ phoneBooks: [book, { id: '1', name: 'company' }] })).toEqual([
      'phoneBooks[1].id: id "1" is already used by phoneBooks[0]',
      'phoneBooks[1].name: name "company" is already used by phoneBooks[0]',
    ])
    const named = (teams?: () => readonly string[]) => (number: number) => ({
      name: `Book ${number}`,
      teams: teams?.(),
    })
    expect(problems({ phoneBooks: many(10, named()) })).toEqual([])
    expect(problems({ phoneBooks: many(11, named()) })).toEqual(['phoneBooks[10]: more than 10 for all teams'])
    expect(
      problems({
        phoneBooks: many(
          301,
          named(() => ['2001']),
        ),
      }),
    ).toEqual(['phoneBooks[300]: more than 300 for some teams'])
  })
})

describe('workflows and their actions', () => {
  const comparison = { variable: { name: 'callVariable1' }, comparator: 'IS_EQUAL', value: '1' }
  const action = { id: '1', name: 'Page', type: 'BROWSER_POP' }
  const workflow = { id: '1', name: 'Arrival', triggerSet: { name: 'CALL_ARRIVES' }, actions: ['1'] }
  const file = (parts: object) => problems({ workflowActions: [action], workflows: [{ ...workflow, ...parts }] })

  it('fills in what is left out', () => {
    const { directory } = parseDirectory(
      stringify({ version: 1, workflowActions: [action], workflows: [workflow] }),
      'agents.yaml',
    )
    expect(directory.workflows).toEqual([
      {
        ...workflow,
        description: '',
        media: '1',
        triggerSet: { type: 'SYSTEM', name: 'CALL_ARRIVES', allowOverlappingCallWorkflow: false, triggers: [] },
        conditionSet: { applyMethod: 'ALL', conditions: [] },
      },
    ])
    expect(directory.workflowActions).toEqual([{ ...action, handledBy: 'FINESSE_DESKTOP', params: [], variables: [] }])
  })

  it.each([
    [{ name: 'x'.repeat(41) }, 'name: must have at most 40 characters'],
    [{ triggerSet: undefined }, 'triggerSet: is missing'],
    [{ triggerSet: {} }, 'triggerSet.name: is missing'],
    [{ media: '9' }, 'media: MRD "9" does not exist'],
    [{ actions: ['9'] }, 'actions[0]: workflow action "9" does not exist'],
    [{ actions: ['1', '1'] }, 'actions[1]: "1" is listed twice'],
    [{ actions: ['1', '2', '3', '4', '5', '6'] }, 'actions: must be at most 5 entries'],
    [{ teams: ['2009'] }, 'teams[0]: team "2009" does not exist'],
    [{ conditionSet: { applyMethod: 'NONE' } }, 'conditionSet.applyMethod: must be one of ALL, ANY'],
    [
      { conditionSet: { conditions: [{ ...comparison, comparator: 'is equal' }] } },
      'conditionSet.conditions[0].comparator: must be 1 to 32 capital letters or "_"',
    ],
    [
      {
        conditionSet: {
          conditions: Array.from({ length: 6 }, () => ({ comparator: 'IS_EQUAL', variable: { name: 'a' } })),
        },
      },
      'conditionSet.conditions: must be at most 5 entries',
    ],
    [
      { conditionSet: { conditions: [{ ...comparison, variable: { name: 'x'.repeat(33) } }] } },
      'conditionSet.conditions[0].variable.name: must have at most 32 characters',
    ],
  ])('refuses a workflow, case %#', (parts, expected) => {
    expect(file(parts)).toEqual([`workflows[0].${expected}`])
  })

  it.each([
    [{ type: 'POP' }, 'type: must be one of BROWSER_POP, HTTP_REQUEST'],
    [{ handledBy: 'ME' }, 'handledBy: must be one of FINESSE_DESKTOP, OTHER'],
    [{ params: [{ value: 'x' }] }, 'params[0].name: is missing'],
    [
      { variables: [{ name: 'a', testValue: 'x'.repeat(129) }] },
      'variables[0].testValue: must have at most 128 characters',
    ],
    [{ variables: many(6, () => ({})).map(({ id: name }) => ({ name })) }, 'variables: must be at most 5 entries'],
  ])('refuses an action, case %#', (parts, expected) => {
    expect(problems({ workflowActions: [{ ...action, ...parts }] })).toEqual([`workflowActions[0].${expected}`])
  })

  it('ids and names are unique; at most 20 for a team', () => {
    expect(problems({ workflowActions: [action, { ...action, name: 'page' }] })).toEqual([
      'workflowActions[1].id: id "1" is already used by workflowActions[0]',
      'workflowActions[1].name: name "page" is already used by workflowActions[0]',
    ])
    const named = (teams?: () => readonly string[]) => (number: number) => ({
      name: `W ${number}`,
      triggerSet: { name: 'CALL_ENDS' },
      teams: teams?.(),
    })
    expect(problems({ workflows: many(21, named()) })).toEqual(['workflows[20]: more than 20 for all teams'])
    expect(
      problems({
        workflows: many(
          21,
          named(() => ['2001']),
        ),
      }),
    ).toEqual(['workflows[20]: more than 20 for team "2001"'])
  })
})

describe('ECC variables', () => {
  it.each([
    [{ name: 'order', length: 40 }, 'name: must be "user." and letters, digits, "_" or "."'],
    [{ name: `user.${'x'.repeat(65)}`, length: 40 }, 'name: must be "user." and letters, digits, "_" or "."'],
    [{ name: 'user.order[0]', length: 40 }, 'name: must be "user." and letters, digits, "_" or "."'],
    [{ name: 'user.order', length: 0 }, 'length: must be at least 1'],
    [{ name: 'user.order', length: 211 }, 'length: must be at most 210'],
    [{ name: 'user.order' }, 'length: is missing'],
    [{ name: 'user.order', length: 1, size: 256 }, 'size: must be at most 255'],
  ])('refuses %j', (variable, expected) => {
    expect(problems({ eccVariables: [variable] })).toEqual([`eccVariables[0].${expected}`])
  })

  it('names are unique', () => {
    const variable = { name: 'user.order', length: 40 }
    expect(problems({ eccVariables: [variable, { ...variable, length: 20 }] })).toEqual([
      'eccVariables[1].name: variable "user.order" is already used by eccVariables[0]',
    ])
  })
})
