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

const literal = z.object({ regex: z.object({ pattern: z.string(), flags: z.string() }) })

function expressionsIn(file: string): readonly RegExp[] {
  const found: RegExp[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { data } = literal.safeParse(node)
    if (data !== undefined) found.push(new RegExp(data.regex.pattern, data.regex.flags))
    for (const child of Object.values(node)) visit(child)
  }
  visit(parseAst(readFileSync(join(ROOT, file), 'utf8'), { lang: 'ts' }))
  return found
}

/** In words that the detector knows: groups without names, and a class for a property of characters. */
function simplified(expression: RegExp): RegExp {
  const source = expression.source.replaceAll(/\(\?<[A-Za-z]\w*>/g, '(').replaceAll(/\\p\{\w+\}/g, '\\u0000-\\u001f')
  return new RegExp(source, expression.flags)
}

const isLinear = (expression: RegExp): boolean => isSafe(simplified(expression), { timeout: PATIENCE }).safe

/** A JID has no white space of any kind: that JavaScript knows more of it is right there. */
const MORE_IS_RIGHT = 'src/xmpp/service/jid.ts'

const FILES = FRONTS.flatMap((part) =>
  readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(part, name)),
)

describe('regular expressions over text from outside', () => {
  it('take linear time', () => {
    const slow = FILES.flatMap((file) =>
      expressionsIn(file)
        .filter((expression) => !isLinear(expression))
        .map((expression) => `${file}: ${expression}`),
    )
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
    const theirs = FILES.filter((file) => !file.startsWith('src/directory/') && file !== MORE_IS_RIGHT)
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
