/** `mrdian machines`: its formats, and the READMEs that contain the diagrams. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { ANY, type Chart, chartOf, charts, diagramOf, type Row, type Word } from '../../../src/inspect/diagram/index.ts'
import { run, temporary } from '../../cli/process.ts'
import { namesIn, READMES, withDiagrams } from './readmes.ts'

const ALL = [...charts()]
const NAMES = ALL.map(([name]) => name)

describe('READMEs', () => {
  it.each(READMES)('%s shows the current machines (npm run diagrams writes them)', async (file) => {
    const readme = await readFile(file, 'utf8')
    expect(namesIn(readme).length).toBeGreaterThan(0)
    expect(readme).toBe(await withDiagrams(readme))
  })

  it('one of them shows every machine', async () => {
    const shown = await Promise.all(READMES.map(async (file) => namesIn(await readFile(file, 'utf8'))))
    expect(shown.at(-1)).toEqual(NAMES)
  })
})

describe.each(ALL)('%s', (name, chart) => {
  it('as Mermaid: has every state, and each arrow once', async () => {
    const text = await diagramOf(chart, 'mermaid')
    expect(text.split('\n').slice(0, 4)).toEqual(['---', `title: ${name}`, '---', 'stateDiagram-v2'])
    for (const state of chart.states)
      if (state.kind !== 'choice') expect(text).toMatch(new RegExp(`\\b${state.name}\\b`))
    const pairs = [...text.matchAll(/^ {2}(\S+) --> (\S+)/gm)].map(([, from, to]) => `${from} ${to}`)
    expect(new Set(pairs).size).toBe(pairs.length)
  })

  it('as tables: has the whole chart', async () => {
    expect(JSON.parse(await diagramOf(chart, 'tables'))).toEqual({ format: 2, ...chart })
  })

  it("as JSON: is XState's own configuration, which makes the same machine", async () => {
    const configuration = JSON.parse(await diagramOf(chart, 'json'))
    const again = createMachine(configuration)
    expect(chartOf(again, name)).toEqual(chart)
    expect(JSON.parse(JSON.stringify(again.config))).toEqual(configuration)
  })

  it('as SCXML: is well-formed and has every row', async () => {
    const text = await diagramOf(chart, 'scxml')
    expect(XMLValidator.validate(text)).toBe(true)
    expect(rowsOfScxml(text)).toEqual(chart.rows.map((row) => rowText(chart, row)))
  })

  it('as SVG: is well-formed and self-contained, has a title, and nothing outside the picture', async () => {
    const text = await diagramOf(chart, 'svg', { actions: true, internal: true })
    expect(XMLValidator.validate(text)).toBe(true)
    expect(text).not.toMatch(/href|url\((?!#)|@import|<script|style="/)
    expect(text).toContain(`<title id="title">${name} machine</title>`)
    expect(text).toContain('prefers-color-scheme: dark')
    const [, width = 0, height = 0] = /viewBox="0 0 (\d+) (\d+)"/.exec(text) ?? []
    const places = [...text.matchAll(/<(?:rect|tspan|text)\b[^>]* x="([\d.]+)" y="([\d.]+)"/g)]
    expect(places.length).toBeGreaterThan(chart.states.length)
    for (const [, x, y] of places) {
      expect(Number(x)).toBeLessThan(Number(width))
      expect(Number(y)).toBeLessThan(Number(height))
    }
  })
})

describe('mrdian machines', () => {
  it('prints every machine, or only the given one', async () => {
    const all = await run(['machines'])
    expect([all.code, all.err]).toEqual([0, ''])
    expect([...all.out.matchAll(/^title: ([\w-]+)$/gm)].map(([, name]) => name)).toEqual(NAMES)
    const one = await run(['machines', 'side', '--format', 'tables'])
    expect(JSON.parse(one.out)).toMatchObject({ format: 2, name: 'side', initial: 'IN_SERVICE' })
  })

  it('writes one file per machine', async () => {
    const folder = join(await temporary(), 'diagrams')
    const { code, out } = await run(['machines', '--format', 'scxml', '--out', folder])
    expect(code).toBe(0)
    expect(out.trim().split('\n')).toEqual(NAMES.map((name) => join(folder, `${name}.scxml`)))
    expect((await readdir(folder)).sort()).toEqual(NAMES.map((name) => `${name}.scxml`).sort())
  })

  it('prints several machines as JSON in one array', async () => {
    const { out } = await run(['machines', '--format', 'json'])
    expect(
      z
        .array(z.object({ id: z.string() }))
        .parse(JSON.parse(out))
        .map(({ id }) => id),
      // A follower's machine has the same id as the authority's.
    ).toEqual(NAMES.map((name) => name.replace('followed-', '')))
  })

  it('names the machines when one is unknown, and reports when it cannot write', async () => {
    const unknown = await run(['machines', 'queue'])
    expect([unknown.code, unknown.err]).toEqual([
      1,
      'mrdian: there is no machine queue; there are user, media, task, call, leg, presence, side, followed-user, followed-media, followed-task, followed-call, followed-leg\n',
    ])
    const file = READMES[0] ?? ''
    const blocked = await run(['machines', '--out', file])
    expect(blocked.code).toBe(1)
    expect(blocked.err).toContain(`mrdian: cannot write into ${file}: `)
  })
})

const callText = ({ name, params }: Word) => {
  const list = Object.entries(params).map(([key, value]) => `${key}: '${value}'`)
  return list.length > 0 ? `${name}({ ${list.join(', ')} })` : `${name}()`
}

function rowText({ states }: Chart, { from, event, guard, to, reenters, actions }: Row): string {
  const isInside = states.some(
    ({ name, kind, within }) => name === to && (from === ANY ? kind !== 'final' : within === from),
  )
  const isInternal = isInside && !reenters
  return [from, event, guard ? callText(guard) : '', to ?? '', isInternal, ...actions.map(plainCall)].join(' | ')
}

/** Booleans have no quotes in ECMAScript. */
const plainCall = (word: Word) => callText(word).replaceAll(/'(true|false)'/g, '$1')

const scripts = z.array(z.string()).default([])
const transition = z.strictObject({
  '@event': z.string().default(''),
  '@cond': z.string().default(''),
  '@target': z.string().default(''),
  '@type': z.literal('internal').optional(),
  script: scripts,
})
const transitions = z.array(transition).default([])
const block = z.tuple([z.strictObject({ script: scripts })]).optional()
const leaf = z.strictObject({ '@id': z.string(), onentry: block, onexit: block, transition: transitions })
const state = leaf.extend({ '@initial': z.string().optional(), state: z.array(leaf).default([]) })
/** The part of SCXML that the charts use. Anything else is refused. */
const document = z.object({
  scxml: z.tuple([
    z.strictObject({
      '@xmlns': z.literal('http://www.w3.org/2005/07/scxml'),
      '@version': z.literal('1.0'),
      '@datamodel': z.literal('ecmascript'),
      '@name': z.string(),
      '@initial': z.string(),
      state: z.tuple([
        z.strictObject({
          '@id': z.string(),
          '@initial': z.string(),
          transition: transitions,
          state: z.array(state),
        }),
      ]),
      // Final states have no rows.
      final: z.array(leaf.omit({ transition: true })).default([]),
    }),
  ]),
})

/** The rows of an SCXML document. Checks that ids are unique and every target exists. */
function rowsOfScxml(text: string): readonly string[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
    tagValueProcessor: (_name, value) => value,
  })
  const parsed: unknown = parser.parse(text.replaceAll(/<(\w+)((?: \w+="[^"]*")*)\/>/g, '<$1$2></$1>'))
  const {
    scxml: [{ state: machines, final, '@initial': first }],
  } = document.parse(blankless(parsed))
  const [machine] = machines
  expect(first).toBe(machine['@id'])
  const ids = [machine, ...machine.state.flatMap((each) => [each, ...each.state]), ...final].map((each) => each['@id'])
  expect(new Set(ids).size).toBe(ids.length)
  const written = (from: string, rows: z.infer<typeof transitions>) =>
    rows.map((row) => {
      if (row['@target']) expect(ids).toContain(row['@target'])
      return [from, row['@event'], row['@cond'], row['@target'], row['@type'] === 'internal', ...row.script].join(' | ')
    })
  return [
    ...written(ANY, machine.transition),
    ...machine.state.flatMap((each) => [each, ...each.state]).flatMap((each) => written(each['@id'], each.transition)),
  ]
}

/** Makes an object of every empty element, because the parser returns an empty text for it. */
function blankless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blankless)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'script'
        ? inner
        : Array.isArray(inner)
          ? inner.map((each) => (each === '' ? {} : blankless(each)))
          : inner,
    ]),
  )
}
