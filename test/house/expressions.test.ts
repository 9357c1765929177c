/**
 * Regular expressions over text from outside take linear time. With an expression that backtracks, or that starts again
 * at every character, one request could block the server.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSafe } from 'redos-detector'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { PATIENCE } from '../suite/patience.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The parts that parse text of clients. */
const FRONTS = ['accounts', 'acd', 'directory', 'finesse', 'http', 'rest', 'xmpp'].map((part) => join('src', part))

const filesIn = (part: string): readonly string[] =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') || name.endsWith('.tsx'))
    .map((name) => join(part, name))

const literal = z.object({ regex: z.object({ pattern: z.string(), flags: z.string() }) })

const composed = z.object({ type: z.literal('NewExpression'), callee: z.object({ name: z.literal('RegExp') }) })

/** Only these nodes are checked, because a check of all nodes, or of all literals, is slow. */
const isLookedAt = (node: object): boolean => 'regex' in node || ('type' in node && node.type === 'NewExpression')

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The nodes of the syntax tree of a file that may be a regular expression or construct one. */
function nodesOf(file: string): readonly object[] {
  const found: object[] = []
  const waiting: object[] = [
    parseAst(readFileSync(join(ROOT, file), 'utf8'), { lang: file.endsWith('x') ? 'tsx' : 'ts' }),
  ]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (isLookedAt(node)) found.push(node)
    for (const child of Object.values(node)) if (isObject(child)) waiting.push(child)
  }
  return found
}

const expressionsIn = (nodes: readonly object[]): readonly RegExp[] =>
  nodes
    .map((node) => literal.safeParse(node).data)
    .filter((found) => found !== undefined)
    .map(({ regex }) => new RegExp(regex.pattern, regex.flags))

/** The expressions that a module constructs with `new RegExp` when it is loaded. */
async function composedIn(file: string, nodes: readonly object[]): Promise<readonly RegExp[]> {
  const expected = nodes.filter((node) => composed.safeParse(node).success).length
  if (expected === 0) return []
  const made: RegExp[] = []
  const original = globalThis.RegExp
  globalThis.RegExp = new Proxy(original, {
    construct(target, given) {
      const expression = Reflect.construct(target, given)
      made.push(expression)
      return expression
    },
  })
  try {
    // The query makes a new instance of the module, even if another test has loaded it before.
    await import(`${join(ROOT, file)}?composed`)
  } finally {
    globalThis.RegExp = original
  }
  if (made.length < expected) throw new Error(`${file} constructs expressions after it was loaded`)
  return made
}

/** The expression in syntax that the detector knows: groups without names, and a range for a Unicode property. */
function simplified(expression: RegExp): RegExp {
  const source = expression.source.replaceAll(/\(\?<[A-Za-z]\w*>/g, '(').replaceAll(/\\p\{\w+\}/g, '\\u0000-\\u001f')
  return new RegExp(source, expression.flags)
}

const isLinear = (expression: RegExp): boolean => isSafe(simplified(expression), { timeout: PATIENCE }).safe

/** Uses JavaScript's wider definition of white space on purpose, because a JID has no white space of any kind. */
const MORE_IS_RIGHT = 'src/xmpp/service/jid.ts'

/** Every file, because requests to `/acd` and `/inspect` and files that are read are text from outside as well. */
const FILES = ['src', 'machines'].flatMap(filesIn)

describe('regular expressions over text from outside', () => {
  it('take linear time', async () => {
    const slow: string[] = []
    let looked = 0
    for (const file of FILES) {
      const nodes = nodesOf(file)
      for (const expression of [...expressionsIn(nodes), ...(await composedIn(file, nodes))]) {
        looked += 1
        if (!isLinear(expression)) slow.push(`${file}: ${expression}`)
      }
    }
    expect(looked).toBeGreaterThan(100)
    expect(slow).toEqual([])
  })

  it.each([/<!--([\s\S]*?)-->/g, /[ \t]+$/, /^[ \t]+|[ \t]+$/g, /(a+)+$/, /^\s*\s*$/])(
    'would find %s',
    (expression) => {
      expect(isLinear(expression)).toBe(false)
    },
  )

  it('use the white space of their format, not that of JavaScript', () => {
    const JAVASCRIPT_SPACE = /\.trim(?:Start|End)?\(|\\s/
    // The directory is not checked, because the operator writes it.
    const theirs = FRONTS.filter((part) => part !== 'src/directory')
      .flatMap(filesIn)
      .filter((file) => file !== MORE_IS_RIGHT)
    const guilty = theirs.flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => !/^(?:\*|\/\/)/.test(line) && JAVASCRIPT_SPACE.test(line))
        .map((line) => `${file}: ${line}`),
    )
    expect(guilty).toEqual([])
  })
})
