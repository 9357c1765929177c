/** The exports of a module's declaration file: the text of each declaration by name, also from other files. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'

type Statement = ReturnType<typeof parseAst>['body'][number]

/** The module and name of an import or re-export. */
interface Elsewhere {
  readonly from: string
  readonly name: string
}

interface Module {
  /** Texts of declarations by name. A function with overloads has several. */
  readonly declared: Map<string, string[]>
  readonly imported: Map<string, Elsewhere>
  /** Local names by their exported names. */
  readonly exported: Map<string, string>
  /** Re-exports from other modules by their exported names. */
  readonly passedOn: Map<string, Elsewhere>
  /** Modules of which everything is re-exported. */
  readonly all: string[]
}

/** Texts of declarations by exported name, of a module and of its re-exports. */
export function namesOf(file: string): ReadonlyMap<string, string> {
  const module = read(file)
  const names = new Map<string, string>()
  for (const from of module.all)
    for (const [name, text] of namesOf(declarationsOf(file, from))) if (name !== 'default') names.set(name, text)
  for (const [name, local] of module.exported) names.set(name, textOf(file, local))
  for (const [name, elsewhere] of module.passedOn) names.set(name, textElsewhere(file, elsewhere))
  return names
}

function textOf(file: string, local: string): string {
  const { declared, imported } = read(file)
  const elsewhere = imported.get(local)
  if (elsewhere) return textElsewhere(file, elsewhere)
  const texts = declared.get(local)
  if (!texts) throw new Error(`${file} exports ${local} but does not declare it`)
  return texts.join('\n')
}

function textElsewhere(file: string, { from, name }: Elsewhere): string {
  if (!from.startsWith('.')) return `${name} of '${from}'`
  const text = namesOf(declarationsOf(file, from)).get(name)
  if (text === undefined) throw new Error(`${file}: ${from} has no ${name}`)
  return text
}

const declarationsOf = (file: string, from: string) => join(dirname(file), from.replace(/\.[jt]s$/, '.d.ts'))

const known = new Map<string, Module>()

function read(file: string): Module {
  const before = known.get(file)
  if (before) return before
  const text = readFileSync(file, 'utf8')
  const module: Module = {
    declared: new Map(),
    imported: new Map(),
    exported: new Map(),
    passedOn: new Map(),
    all: [],
  }
  for (const statement of parseAst(text, { lang: 'dts' }, file).body) note(module, statement, text)
  known.set(file, module)
  return module
}

function note(module: Module, statement: Statement, text: string): void {
  if (statement.type === 'ImportDeclaration') {
    for (const each of statement.specifiers) {
      const name = each.type === 'ImportSpecifier' ? nameOf(each.imported) : '*'
      module.imported.set(each.local.name, { from: statement.source.value, name })
    }
  } else if (statement.type === 'ExportAllDeclaration') module.all.push(statement.source.value)
  else if (statement.type === 'ExportNamedDeclaration') {
    if (statement.declaration) {
      for (const name of declare(module, statement.declaration, text)) module.exported.set(name, name)
    }
    for (const { local, exported } of statement.specifiers) {
      if (statement.source) module.passedOn.set(nameOf(exported), { from: statement.source.value, name: nameOf(local) })
      else module.exported.set(nameOf(exported), nameOf(local))
    }
  } else declare(module, statement, text)
}

/** Adds a declaration to `declared` and returns its names. */
function declare({ declared }: Module, node: Statement, text: string): readonly string[] {
  const names = namesIn(node)
  const own = text.slice(node.start, node.end).replace(/[ \t]*\/\*[\s\S]*?\*\/[ \t]*\n?/g, '')
  for (const name of names) declared.set(name, [...(declared.get(name) ?? []), own.replace(/^declare /, '')])
  return names
}

function namesIn(node: Statement): readonly string[] {
  if (node.type === 'VariableDeclaration')
    return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  if ('id' in node && node.id && node.id.type === 'Identifier') return [node.id.name]
  return []
}

function nameOf(node: { name: string } | { value: string }): string {
  return 'name' in node ? node.name : node.value
}
