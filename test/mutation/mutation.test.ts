/** The mutator finds all mutants, its ids are stable, and the listed survivors exist. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { afterAll, describe, expect, it } from 'vitest'
import {
  callMachine,
  legMachine,
  mediaMachine,
  presenceMachine,
  sideMachine,
  taskMachine,
  userMachine,
} from '../../machines/index.ts'
import { CHARTS, FILES, NOT_MUTATED } from './families.ts'
import { keyOf, type Mutant, mutated } from './mutant.ts'
import { reportOn } from './report.ts'
import { type Result, readResults, resultWriter } from './results.ts'
import { shardOf } from './run.ts'
import { allMutants, mutantsOf, readSource } from './sources.ts'
import { STAGES } from './stages.ts'
import { readSurvivors } from './survivors.ts'
import { parse } from './syntax.ts'
import { WarmProcess } from './warm/pool.ts'
import { guardsOf } from './words.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const mutants = allMutants(ROOT)
const texts = new Map(FILES.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]))
const textOf = (file: string) => texts.get(file) ?? ''
const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
const count = (text: string, pattern: RegExp) => [...withoutComments(text).matchAll(pattern)].length
const ofKind = (kind: Mutant['kind'], file: string) =>
  mutants.filter((mutant) => mutant.kind === kind && mutant.file === file)

/** Groups of mutants of a file that do not overlap, each in the order of the text. */
function together(some: readonly Mutant[]): readonly (readonly Mutant[])[] {
  const groups: Mutant[][] = []
  for (const mutant of some) {
    const group = groups.find((each) => (each.at(-1)?.end ?? 0) <= mutant.start)
    if (group) group.push(mutant)
    else groups.push([mutant])
  }
  return groups
}

describe('the mutator', () => {
  it.each([
    ['media', mediaMachine, 'machines/media/guards.ts'],
    ['task', taskMachine, 'machines/task/guards.ts'],
    ['user', userMachine, 'machines/user/guards.ts'],
    ['presence', presenceMachine, 'machines/presence.ts'],
    ['call', callMachine, 'machines/call/guards.ts'],
    ['leg', legMachine, 'machines/call/leg.ts'],
    ['side', sideMachine, 'machines/side.ts'],
  ] as const)('mutates every guard of the %s machine', (_, machine, file) => {
    const defined = Object.keys(machine.implementations.guards).sort()
    const found = guardsOf(readSource(ROOT, file)).map(({ name }) => name)
    expect(found.sort()).toEqual(defined)
    for (const kind of ['guard-true', 'guard-false', 'guard-negated'] as const)
      expect(ofKind(kind, file)).toHaveLength(defined.length)
  })

  it.each(CHARTS)('removes every guard and every target in %s once', (file) => {
    const text = textOf(file)
    expect(ofKind('guard-removed', file)).toHaveLength(count(text, /\bguard:/g))
    // A row may be only the name of its target.
    const targets = count(text, /\btarget:/g) + count(text, /(?:^|[{,\s])(?:always|[A-Z][A-Z_]+): '/gm)
    expect(ofKind('target-removed', file)).toHaveLength(targets)
  })

  it.each(CHARTS)('mutates every list of actions in %s', (file) => {
    const lists =
      count(textOf(file), /\b(?:actions|entry|exit): *[['{a-z]/g) - count(textOf(file), /^ {2}actions: \{/gm)
    expect(ofKind('action-dropped', file).length).toBeGreaterThanOrEqual(lists)
  })
})

describe('the sources', () => {
  it('are all files of the machines and the documents, but those that have a reason', () => {
    const all = globSync(['machines/**/*.ts', 'src/finesse/*.ts'], { cwd: ROOT })
    const inFolders = FILES.filter((file) => all.includes(file))
    expect([...inFolders, ...Object.values(NOT_MUTATED).flat()].sort()).toEqual(all.sort())
  })

  it('have mutants, each of them', () => {
    const withMutants = new Set(mutants.map(({ file }) => file))
    expect(FILES.filter((file) => !withMutants.has(file))).toEqual([])
  })
})

describe('every mutant', () => {
  it('changes its source', () => {
    for (const mutant of mutants) {
      const before = textOf(mutant.file)
      if (mutated(before, mutant) === before) expect.fail(`${mutant.id} changes nothing`)
    }
  })

  it.each(FILES)('of %s can be parsed', (file) => {
    const isProgram = (changes: readonly Mutant[]) => {
      // From the end of the text, so that the offsets stay valid.
      const text = changes.toReversed().reduce((edited, change) => mutated(edited, change), textOf(file))
      try {
        parseAst(text, { lang: 'ts' })
        return true
      } catch {
        return false
      }
    }
    // Mutants that do not overlap are made together, because parsing takes most of the time.
    const broken = together(mutants.filter((mutant) => mutant.file === file))
      .filter((group) => !isProgram(group))
      .flatMap((group) => group.filter((mutant) => !isProgram([mutant])))
    expect(broken.map(({ id }) => id)).toEqual([])
  })

  it('has its own id', () => {
    expect(new Set(mutants.map(({ id }) => keyOf(id))).size).toBe(mutants.length)
  })

  it('is in exactly one shard', () => {
    const shards = ['1/3', '2/3', '3/3'].map((shard) => shardOf(mutants, shard))
    expect(shards.flat().length).toBe(mutants.length)
    expect(new Set(shards.flat()).size).toBe(mutants.length)
    for (const wrong of ['0/3', '4/3', '1', 'x/y']) expect(() => shardOf(mutants, wrong)).toThrow('a shard is like 2/8')
  })

  it.each(FILES)('of %s keeps its id when another part of the source changes', (file) => {
    const text = textOf(file)
    const keys = (edited: string) => mutantsOf(parse(file, edited)).map(({ id }) => keyOf(id))
    expect(keys(`/** A new comment. */\nexport let added: unknown\n${text}`)).toEqual(keys(text))
  })
})

describe('results', () => {
  const [first, second, third] = mutants
  if (!first || !second || !third) throw new Error('there are no mutants')
  const result = (mutant: Mutant, stage: Result['stage'], sources: string, passed: Result['passed'] = []): Result => ({
    ...{ id: mutant.id, stage, check: 'a test', detail: '' },
    ...{ passed, seconds: 1, sources },
  })
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true })
  })
  function written(...results: readonly Result[]) {
    const root = mkdtempSync(join(tmpdir(), 'mrdian-results-'))
    folders.push(root)
    const write = resultWriter(root, '2/8')
    for (const each of results) write(each)
    return readResults(root, () => 'now')
  }

  it('of one mutant: a result of the present sources comes first, then one that noticed it', () => {
    const results = written(
      result(first, 'quick', 'then'),
      result(first, null, 'now', ['quick']),
      result(second, 'quick', 'now'),
      result(second, null, 'now', ['quick']),
      result(third, null, 'then', ['quick']),
      result(third, null, 'then', ['quick', 'tests']),
    )
    const found = [first, second, third].map(({ id }) => results.get(keyOf(id)))
    expect(found.map((each) => [each?.stage, each?.passed.length])).toEqual([
      [null, 1],
      ['quick', 0],
      [null, 2],
    ])
  })

  it('report a survivor without a reason as wrong, and one with stages left as open', () => {
    const passed = STAGES.filter((stage) => stage !== 'soak')
    const results = written(result(first, null, 'now', passed), result(second, null, 'now', ['quick']))
    const bare = reportOn(mutants, results, [], () => 'now')
    expect(bare.wrong).toEqual([`survives without a reason: ${first.id} in ${first.path}`])
    expect(bare.text).toContain(`open: ${second.id}`)
    const listed = [{ id: first.id, reason: 'It is the same program.' }]
    expect(reportOn(mutants, results, listed, () => 'now').wrong).toEqual([])
    expect(reportOn(mutants, written(result(first, 'quick', 'now')), listed, () => 'now').wrong).toEqual([
      `test/mutation/survivors.json lists ${first.id}, which quick notices: a test`,
    ])
  })
})

describe('survivors.json', () => {
  const survivors = readSurvivors(ROOT)

  it('has only mutants that exist, each once', () => {
    const known = new Set(mutants.map(({ id }) => keyOf(id)))
    const keys = survivors.map(({ id }) => keyOf(id))
    expect(keys.filter((key) => !known.has(key))).toEqual([])
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('the quick checks', () => {
  const warm = new WarmProcess(ROOT)
  afterAll(() => warm.stop())
  const check = (mutant: Mutant, text = mutated(textOf(mutant.file), mutant)) =>
    warm.check({ stage: 'quick', file: mutant.file, text, rows: [], skip: [], all: false })

  it('notice a wrong target, and a source that cannot be loaded', async () => {
    const [wrong] = ofKind('target-replaced', 'machines/task.ts').filter(({ path }) => /OFFERED.on.ACCEPT/.test(path))
    if (!wrong) throw new Error('ACCEPT has no target')
    const [noticed] = await check(wrong)
    expect(noticed?.detail).toMatch(/ACCEPTED|ACTIVE|expected/)
    expect(noticed?.check).not.toBe('load')
    expect((await check(wrong, 'not a program'))[0]?.check).toBe('load')
  })

  it('notice a missing element of a document', async () => {
    const [missing] = ofKind('element-dropped', 'src/finesse/media.ts').filter(({ start, end, file }) =>
      textOf(file).slice(start, end).startsWith("leaf('maxDialogLimit'"),
    )
    if (!missing) throw new Error('a limit is not shown')
    expect((await check(missing))[0]?.check).toMatch(/^Media /)
  })
})
