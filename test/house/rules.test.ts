/**
 * The sentences of the rules are written once, in `machines/rules.ts` and in the rows of the charts. Other files use
 * these texts or cite the ids.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CONTRACT } from '../../machines/contract.ts'
import { isRuleId, RULES } from '../../machines/rules.ts'
import { charts } from '../../src/inspect/diagram/index.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Generated files that contain these sentences. */
const GENERATED = ['machines/RULES.md', 'src/rest/README.md', 'src/errors/README.md']

const filesIn = (part: string): readonly string[] =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|md|html|yaml)$/.test(name))
    .map((name) => join(part, name))
    .filter((file) => !GENERATED.includes(file))

const SOURCES = ['machines', 'src'].flatMap(filesIn)

/** The words of a text, without line breaks, comment stars, capitals and the last full stop. */
const words = (text: string): string =>
  text
    .replaceAll(/^\s*(?:\/\/|\/?\*+\/?)/gm, ' ')
    .replaceAll(/`(\w+)`/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .toLowerCase()
    .trim()
    .replace(/\.$/, '')

const texts = SOURCES.map((file) => ({ file, text: words(readFileSync(join(ROOT, file), 'utf8')) }))

/** Only longer sentences are checked, because a short one may be written twice by chance. In characters. */
const LONG = 25

const sentences = (): readonly string[] => {
  const rows = [...charts().values()].flatMap((chart) => [...chart.rows, ...chart.states])
  const told = [...Object.values(RULES).map(({ text }) => text), ...rows.map(({ description }) => description)]
  return [...new Set(told)].filter((sentence) => words(sentence).length > LONG)
}

/** The files that contain a sentence; a file is listed once for each occurrence. */
const placesOf = (sentence: string): readonly string[] => {
  const wanted = words(sentence)
  return texts.flatMap(({ file, text }) => {
    // After the sentence must be the end of a sentence or text. Otherwise another sentence only begins like it.
    const [, ...behind] = text.split(wanted)
    return behind.filter((rest) => /^(?:[.'"`<|;:]|$)/.test(rest)).map(() => file)
  })
}

/** The files with the sentences of rows. Two charts may have the same sentence. */
const CHARTS: readonly string[] = [
  'user',
  'call/outgoing-rows',
  'call/queue-rows',
  'call/monitor-rows',
  'user/monitor-rows',
  'user/mobile-rows',
  'call/campaign-rows',
  'user/reserved-rows',
  'user/ladder',
  'media',
  'media/ladder',
  'task',
  'call',
  'call/join-rows',
  'call/leg',
  'call/single-step-rows',
  'presence',
  'side',
  'followed/user',
  'followed/media',
  'followed/task',
  'followed/call',
  'followed/leg',
  'followed/beginning',
].map((name) => `machines/${name}.ts`)

const isRule = (sentence: string) => Object.values(RULES).some(({ text }) => text === sentence)

describe('the sentence of a rule, or of a row', () => {
  it('is in the rules or the charts, and nowhere else', () => {
    const again = sentences().flatMap((sentence) => {
      const places = placesOf(sentence)
      const own = isRule(sentence) ? ['machines/rules.ts'] : CHARTS
      const isTwice = isRule(sentence) && places.length > 1
      return isTwice || places.some((file) => !own.includes(file)) ? [`${sentence} ${places.join(', ')}`] : []
    })
    expect(again).toEqual([])
  })

  it('is found by this test where it is written', () => {
    expect(placesOf(RULES.A7.text)).toEqual(['machines/rules.ts'])
    expect(words('/**\n * An agent who asks\n * for `NOT_READY`. */')).toBe('an agent who asks for not_ready. */')
  })
})

/**
 * The forms of citations: `media A7`, `user 5.5`, `media 4`, `ruling 32`. A whole part such as `media 4` is a citation
 * only in quotes, because the same words can have another meaning elsewhere.
 */
const CITED =
  /\b(?<part>(?:media|user|dialog|notifications) \d{1,2}\.\d{1,2})(?![\d_.]*[_\d])|[`'](?<whole>(?:media|user|dialog|notifications) \d{1,2})[`']|\b(?:media|user|dialog|notifications) (?<row>(?:RV|[ADIRSPUV])\d{1,2})\b|\b(?<ruling>ruling \d+)\b/gi

/** Documents that are not part of the product. */
const ABSENT = /\b(?:media|user|dialog|notifications|design)\.md\b/

const SELF = 'test/house/rules.test.ts'
const EVERYWHERE = [...SOURCES, ...filesIn('test'), 'README.md'].filter((file) => file !== SELF)

const lines = EVERYWHERE.flatMap((file) =>
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .map((line, index) => ({ line, place: `${file}:${index + 1}` })),
)

const idsIn = (line: string): readonly string[] =>
  [...line.matchAll(CITED)].map(({ groups = {} }) => {
    const { part, whole, row, ruling } = groups
    return part ?? whole ?? row ?? ruling?.toLowerCase() ?? ''
  })

describe('a citation', () => {
  it('names an id that RULES.md lists', () => {
    const unknown = lines.flatMap(({ line, place }) =>
      idsIn(line)
        .filter((id) => !isRuleId(id) && !CONTRACT.has(id))
        .map((id) => `${place}: ${id}`),
    )
    expect(unknown).toEqual([])
  })

  it('names no document that is not part of the product', () => {
    expect(lines.filter(({ line }) => ABSENT.test(line))).toEqual([])
  })

  it('exists for every part of the contract that is listed beside the rules', () => {
    const cited = new Set(
      lines.flatMap(({ line, place }) => (place.startsWith('machines/contract.ts') ? [] : idsIn(line))),
    )
    expect([...CONTRACT.keys()].filter((id) => !cited.has(id))).toEqual([])
    expect([...CONTRACT.keys()].filter(isRuleId)).toEqual([])
  })

  it('is recognised in each of its forms', () => {
    expect(idsIn("(`media 4.5`, media A25) holds('user 5') Ruling 51 user 1001 media 1001_1")).toEqual([
      'media 4.5',
      'A25',
      'user 5',
      'ruling 51',
    ])
  })
})
