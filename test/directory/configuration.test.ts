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
  expect(directory).toMatchObject({ wrapUpReasons: [] })
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
