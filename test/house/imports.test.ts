/**
 * Imports point downwards only. Each part lists the parts and packages that it may import; everything else is an error.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The files of the pages' common part that a script in a browser may import. */
const SHARED_BY_PAGES = ['src/pages/states.ts', 'src/pages/colour.ts', 'src/pages/browser', 'src/waiting/pause.ts']
/** The parts of ECharts that lanes use. */
const ECHARTS = ['echarts/charts', 'echarts/components', 'echarts/core', 'echarts/renderers']

/** The parts, packages and Node modules that each part may import. */
const HOUSE: Readonly<Record<string, { parts: readonly string[]; packages: readonly string[] }>> = {
  machines: { parts: [], packages: ['xstate'] },
  'src/errors': { parts: ['machines'], packages: [] },
  'src/directory': { parts: ['src/errors'], packages: ['zod', 'yaml', 'node:'] },
  'src/engine': {
    parts: [
      'src/errors',
      'machines',
      'src/directory',
      'src/waiting/pause.ts',
      'src/waiting/steps.ts',
      'src/waiting/turns.ts',
    ],
    packages: ['xstate'],
  },
  'src/waiting': { parts: [], packages: [] },
  'src/waiting/slices.ts': { parts: [], packages: ['node:'] },
  'src/clock': { parts: ['src/engine', 'src/waiting'], packages: ['node:'] },
  'src/accounts': {
    parts: ['src/errors', 'src/engine', 'src/directory', 'src/sockets', 'src/waiting'],
    packages: ['node:', 'zod'],
  },
  'src/store': {
    parts: ['src/errors', 'src/node-version.ts', 'src/engine', 'src/waiting/reading-time.ts'],
    packages: ['node:', 'zod'],
  },
  'src/store/postgres': {
    parts: ['src/errors', 'src/engine', 'src/store', 'src/waiting'],
    packages: ['node:', 'zod', 'postgres'],
  },
  'src/store/carry': {
    parts: ['src/errors', 'src/engine', 'src/store', 'src/waiting/within.ts'],
    packages: ['node:', 'zod'],
  },
  'src/fingerprints': { parts: ['src/engine'], packages: ['node:'] },
  'src/client-logs': { parts: ['src/store/owner-only.ts'], packages: ['node:'] },
  'src/http': { parts: ['src/sockets'], packages: ['node:'] },
  'src/sockets': {
    parts: ['src/errors', 'src/waiting/arrivals.ts', 'src/waiting/present-turn.ts'],
    packages: ['node:'],
  },
  'src/node-version.ts': { parts: ['src/node-problem.ts'], packages: [] },
  'src/node-problem.ts': { parts: [], packages: [] },
  'src/bundled': {
    parts: [],
    packages: ['commander', 'elkjs/lib/elk.bundled.js', 'fastify', 'pino-pretty', 'prom-client', 'selfsigned'],
  },
  'src/tracing': { parts: ['src/engine'], packages: ['@opentelemetry/api'] },
  'src/tls': { parts: ['src/bundled/selfsigned.ts'], packages: ['pino', 'node:'] },
  'src/times': { parts: [], packages: [] },
  'src/tables': { parts: [], packages: [] },
  'src/times/parameter.ts': { parts: ['src/times'], packages: ['zod'] },
  'src/history': {
    parts: ['src/waiting/reading-time.ts', 'src/errors', 'machines', 'src/engine', 'src/times'],
    packages: [],
  },
  'src/finesse': { parts: ['machines', 'src/engine', 'src/directory', 'src/times'], packages: ['saxes', 'node:'] },
  'src/acd': {
    parts: [
      'src/errors',
      'machines',
      'src/engine',
      'src/directory',
      'src/accounts',
      'src/history',
      'src/http',
      'src/times',
      'src/sockets',
      'src/waiting',
    ],
    packages: ['fastify', 'fastify-plugin', 'zod', 'node:'],
  },
  'src/sso': {
    parts: [
      'src/node-version.ts',
      'src/errors',
      'src/engine',
      'src/directory',
      'src/accounts',
      'src/clock',
      'src/http',
      'src/sockets',
    ],
    packages: ['jose', 'fastify', 'zod', 'node:'],
  },
  'src/task-feed': {
    parts: [
      'src/acd/variables.ts',
      'src/acd/variable-names.ts',
      'src/engine',
      'src/directory',
      'src/finesse',
      'src/http',
    ],
    packages: ['fastify'],
  },
  'src/rights': { parts: ['src/directory', 'src/finesse'], packages: [] },
  'src/rest': {
    parts: [
      'src/node-version.ts',
      'machines',
      'src/engine',
      'src/directory',
      'src/accounts',
      'src/rights',
      'src/client-logs',
      'src/finesse',
      'src/http',
      'src/sockets',
    ],
    packages: ['fastify', 'fastify-plugin', 'node:'],
  },
  'src/xmpp-session': {
    parts: ['src/errors', 'src/engine', 'src/waiting'],
    packages: ['@xmpp/client', 'pino', 'node:'],
  },
  'src/follow': {
    parts: [
      'src/node-version.ts',
      'src/errors',
      'machines',
      'src/engine',
      'src/directory',
      'src/finesse',
      'src/http/outgoing.ts',
      'src/clock',
      'src/store',
      'src/tracing',
      'src/waiting',
      'src/xmpp-session',
    ],
    packages: ['fast-xml-parser', 'pino', '@xmpp/client', 'node:'],
  },
  'src/xmpp': {
    parts: [
      'src/rights',
      'src/errors',
      'src/node-version.ts',
      'machines',
      'src/engine',
      'src/directory',
      'src/accounts',
      'src/finesse',
      'src/clock',
      'src/tls',
      'src/http',
      'src/sockets',
      'src/waiting',
      'src/xmpp-session',
    ],
    packages: ['@xmpp/client', 'saxes', 'ws', 'pino', 'node:'],
  },
  'src/pair': {
    parts: ['src/errors', 'machines', 'src/engine', 'src/accounts', 'src/http', 'src/sockets'],
    packages: ['zod', 'fastify', 'node:'],
  },
  'src/pages': { parts: ['machines/wire.ts'], packages: [] },
  'src/pages/browser': { parts: ['src/inspect/access/admission.ts'], packages: [] },
  'src/pages/lanes': { parts: SHARED_BY_PAGES, packages: ECHARTS },
  'src/pages/bundle.ts': { parts: ['src/pages/kept.ts'], packages: ['node:', 'rolldown'] },
  'src/pages/kept.ts': { parts: [], packages: ['node:'] },
  'src/simulate': {
    parts: ['src/errors', 'src/node-version.ts', 'machines', 'src/engine', 'src/directory', 'src/clock', 'src/tables'],
    packages: ['zod', 'yaml', 'pure-rand/generator/xoroshiro128plus', 'node:'],
  },
  'src/simulate/report': { parts: ['src/errors', 'src/simulate/result.ts', 'machines'], packages: ['node:'] },
  'src/simulate/report/bundle.ts': { parts: ['src/pages/bundle.ts'], packages: ['node:'] },
  'src/simulate/report/page': {
    parts: ['src/simulate/result.ts', 'src/pages/lanes', ...SHARED_BY_PAGES],
    packages: ECHARTS,
  },
  'src/inspect/diagram': {
    parts: ['machines', 'src/bundled/elkjs.ts'],
    packages: ['xstate', 'elkjs/lib/elk-api.js'],
  },
  'src/inspect/diagram/names.ts': { parts: [], packages: [] },
  'src/inspect/access/admission.ts': { parts: [], packages: [] },
  'src/inspect/protocol.ts': { parts: ['src/inspect/protocol'], packages: [] },
  'src/inspect/protocol': {
    parts: ['src/inspect/access/admission.ts', 'src/inspect/diagram/names.ts'],
    packages: [],
  },
  'src/inspect/board/bundle.ts': { parts: ['src/pages/bundle.ts'], packages: [] },
  'src/inspect/board/protocol.ts': {
    parts: ['machines/wire.ts', 'machines/effects.ts', 'src/engine/values.ts', 'src/inspect/access/admission.ts'],
    packages: [],
  },
  'src/inspect/board/page': {
    parts: [
      'src/inspect/board/protocol.ts',
      'src/engine/values.ts',
      'src/engine/statistics/staffing-text.ts',
      'src/pages',
      'src/tables/csv.ts',
    ],
    packages: [],
  },
  'src/inspect': {
    parts: [
      'src/waiting',
      'src/errors',
      'src/node-version.ts',
      'machines',
      'src/engine',
      'src/directory',
      'src/accounts',
      'src/rights',
      'src/clock',
      'src/history',
      'src/finesse',
      'src/http',
      'src/times',
      'src/sockets',
    ],
    packages: ['fastify', 'fastify-plugin', 'ws', 'zod', 'node:'],
  },
  'src/inspect/viewer': { parts: ['src/inspect/access'], packages: ['fastify', 'node:'] },
  'src/inspect/viewer/bundle.ts': {
    parts: ['src/pages/bundle.ts', 'src/inspect/viewer/chart/placing.ts'],
    packages: ['node:'],
  },
  'src/inspect/viewer/chart': { parts: ['src/inspect/diagram', 'src/inspect/protocol.ts'], packages: [] },
  'src/inspect/viewer/chart/placing.ts': {
    parts: ['src/inspect/diagram', 'src/bundled/elkjs.ts', 'src/inspect/viewer/chart'],
    packages: [],
  },
  'src/inspect/viewer/page': {
    parts: [
      'machines',
      'src/inspect/protocol.ts',
      'src/inspect/viewer/chart',
      'src/inspect/diagram/graph.ts',
      'src/inspect/diagram/layout.ts',
      'src/inspect/diagram/machines.ts',
      'src/inspect/diagram/model.ts',
      'src/history/explain/explanation.ts',
      'src/times',
      'src/pages/lanes',
      ...SHARED_BY_PAGES,
    ],
    packages: ['d3-selection', 'd3-zoom', 'preact', 'preact/compat', 'preact/hooks'],
  },
  'src/testing': {
    parts: ['src/errors', 'src/node-version.ts', 'machines', 'src/engine', 'src/directory', 'src/clock'],
    packages: ['node:'],
  },
}

/** They connect all parts, and may import everything. */
const SEE_ALL = ['src/cli', 'src/index.ts', 'src/build']

/** Imports and exports of values, without those of types only, which do not exist at run time. */
const VALUE_IMPORT = /(?:^|\n)\s*(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s)?\s*'([^']+)'/g
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*'([^']+)'/g

function sources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
}

/** Every import of a file: a path from the root, or the name of a package. */
function importsOf(file: string, pattern = IMPORT): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [...text.matchAll(pattern)].map(([, name = '']) =>
    name.startsWith('.') ? relative(ROOT, resolve(ROOT, file, '..', name)) : name,
  )
}

/** Whether a file is in a part. A part is a folder with everything below it, or one file. */
const isWithin = (file: string, part: string) => file === part || file.startsWith(`${part}/`)
/** The innermost part that a file is in. */
const partOf = (file: string) =>
  Object.keys(HOUSE)
    .filter((part) => isWithin(file, part))
    .sort((a, b) => b.length - a.length)[0]
const FILES = [...sources('machines'), ...sources('src')]

describe('imports point downwards only', () => {
  it.each(Object.keys(HOUSE))('%s', (part) => {
    const { parts = [], packages = [] } = HOUSE[part] ?? {}
    const wrong = FILES.filter((file) => partOf(file) === part).flatMap((file) =>
      importsOf(file)
        .filter((name) => {
          if (/\.tsx?$/.test(name)) return ![part, ...parts].some((allowed) => isWithin(name, allowed))
          return !packages.some((allowed) => (allowed.endsWith(':') ? name.startsWith(allowed) : name === allowed))
        })
        .map((name) => `${file} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('every source file belongs to a part', () => {
    const homeless = FILES.filter((file) => !partOf(file) && !SEE_ALL.some((part) => file.startsWith(part)))
    expect(homeless).toEqual([])
  })

  it('no import cycle between files', () => {
    const graph = new Map(
      FILES.map((file) => [file, importsOf(file, VALUE_IMPORT).filter((name) => /\.tsx?$/.test(name))]),
    )
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      if (done.has(file) || path.includes(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of FILES) visit(file, [])
    expect(cycles).toEqual([])
  })
})

describe('the command line', () => {
  it('loads only one library before it knows the command', () => {
    const loaded = new Set<string>()
    const load = (name: string): void => {
      if (loaded.has(name)) return
      loaded.add(name)
      if (/\.tsx?$/.test(name)) for (const each of importsOf(name, VALUE_IMPORT)) load(each)
    }
    load('src/cli/program.ts')
    const libraries = [...loaded].filter((name) => !/\.tsx?$|^node:/.test(name))
    expect(libraries).toEqual(['commander'])
    expect([...loaded].filter((name) => name.startsWith('machines/'))).toEqual([])
  })
})

describe('an older Node', () => {
  it('can link all modules, so that the error about its version is printed', () => {
    const guilty = FILES.filter((file) => importsOf(file, VALUE_IMPORT).includes('node:sqlite'))
    expect(guilty).toEqual([])
  })
})

describe('the deterministic part', () => {
  it('machines and engine use no clock, no randomness and no timers', () => {
    const banned = /Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|setImmediate|randomUUID|performance\.now/
    const guilty = FILES.filter((file) => file.startsWith('machines/') || file.startsWith('src/engine/')).filter(
      (file) => banned.test(readFileSync(join(ROOT, file), 'utf8')),
    )
    expect(guilty).toEqual([])
  })

  it('machines use no delayed transitions', () => {
    const guilty = FILES.filter((file) => file.startsWith('machines/')).filter((file) =>
      /\bafter:|\bdelay:/.test(readFileSync(join(ROOT, file), 'utf8')),
    )
    expect(guilty).toEqual([])
  })
})
