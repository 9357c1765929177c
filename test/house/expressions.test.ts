/**
 * Regular expressions that text from outside meets take linear time: an expression that goes back over what it has read,
 * or begins anew at every character, lets one request hold up everybody.
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

/** Where the text of clients goes. */
const FRONTS = ['accounts', 'acd', 'directory', 'finesse', 'http', 'rest', 'xmpp'].map((part) => join('src', part))

const filesIn = (part: string): readonly string[] =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') || name.endsWith('.tsx'))
    .map((name) => join(part, name))

const literal = z.object({ regex: z.object({ pattern: z.string(), flags: z.string() }) })

const composed = z.object({ type: z.literal('NewExpression'), callee: z.object({ name: z.literal('RegExp') }) })

/** The only nodes of a syntax tree that are looked at: all others are not worth a parse. */
const LOOKED_AT: readonly unknown[] = ['Literal', 'NewExpression']

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The nodes of the syntax tree of a file that may be an expression, or make one. */
function nodesOf(file: string): readonly object[] {
  const found: object[] = []
  const waiting: object[] = [
    parseAst(readFileSync(join(ROOT, file), 'utf8'), { lang: file.endsWith('x') ? 'tsx' : 'ts' }),
  ]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('type' in node && LOOKED_AT.includes(node.type)) found.push(node)
    for (const child of Object.values(node)) if (isObject(child)) waiting.push(child)
  }
  return found
}

const expressionsIn = (nodes: readonly object[]): readonly RegExp[] =>
  nodes
    .map((node) => literal.safeParse(node).data)
    .filter((found) => found !== undefined)
    .map(({ regex }) => new RegExp(regex.pattern, regex.flags))

/** Those that a module puts together from pieces when it is loaded. */
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
    // A module of its own, whoever has loaded it before.
    await import(`${join(ROOT, file)}?composed`)
  } finally {
    globalThis.RegExp = original
  }
  if (made.length < expected) throw new Error(`${file} makes expressions later than when it is loaded`)
  return made
}

/** In words that the detector knows: groups without names, and a class for a property of characters. */
function simplified(expression: RegExp): RegExp {
  const source = expression.source.replaceAll(/\(\?<[A-Za-z]\w*>/g, '(').replaceAll(/\\p\{\w+\}/g, '\\u0000-\\u001f')
  return new RegExp(source, expression.flags)
}

const isLinear = (expression: RegExp): boolean => isSafe(simplified(expression), { timeout: PATIENCE }).safe

/** A JID has no white space of any kind: that JavaScript knows more of it is right there. */
const MORE_IS_RIGHT = 'src/xmpp/service/jid.ts'

/** Every file: what is asked of `/acd` and `/inspect` is text from outside as well, and files that are read. */
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
    '%s would be found',
    (expression) => {
      expect(isLinear(expression)).toBe(false)
    },
  )

  it('know the white space of the format, not that of JavaScript', () => {
    const JAVASCRIPT_SPACE = /\.trim(?:Start|End)?\(|\\s/
    // The directory is written by the operator.
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
