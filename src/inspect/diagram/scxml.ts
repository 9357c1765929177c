/**
 * A chart as SCXML (https://www.w3.org/TR/scxml/) with the ECMAScript data model. Guards are calls in `cond`, and
 * actions are calls in `script`. A program that runs it must supply these functions.
 */
import { escaped } from './escaped.ts'
import { ANY, type Chart, type ChartState, type Row, type Word } from './model.ts'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

/**
 * One `state` represents the machine and contains the rows of `ANY`, because the root element may not contain rows.
 * Rows are in document order, which is the order in which SCXML tries them. Final states are beside this `state`,
 * because SCXML ends only in a final state at the top.
 */
export function scxmlOf({ name, initial, states, rows }: Chart): string {
  const finals = states.filter(({ kind }) => kind === 'final')
  const within = (name: string | null, group: string): boolean => {
    const state = states.find((each) => each.name === name)
    if (state === undefined) return false
    return group === ANY ? state.kind !== 'final' : state.within === group || within(state.within, group)
  }
  const written = (from: string, indent: string) =>
    rows
      .filter((row) => row.from === from)
      .flatMap((row) =>
        transition(row, indent, row.to !== null && (from === ANY || isGroup(from)) && within(row.to, from)),
      )
  const isGroup = (name: string) => states.some((state) => state.name === name && state.kind === 'group')
  const below = (group: string | null, indent: string): readonly string[] =>
    states
      .filter((state) => state.within === group && !finals.includes(state))
      .flatMap((state) =>
        element('state', ` id="${state.name}"${state.begins === null ? '' : ` initial="${state.begins}"`}`, indent, [
          ...body(state, `${indent}  `),
          ...written(state.name, `${indent}  `),
          ...below(state.name, `${indent}  `),
        ]),
      )
  const body = ({ entry, exit }: ChartState, indent: string) => [
    ...block('onentry', entry, indent),
    ...block('onexit', exit, indent),
  ]
  const lines = [
    `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="${name}" initial="${name}">`,
    `  <state id="${name}" initial="${initial}">`,
    ...written(ANY, '    '),
    ...below(null, '    '),
    '  </state>',
    ...finals.flatMap((state) => element('final', ` id="${state.name}"`, '  ', body(state, '    '))),
    '</scxml>',
  ]
  return `${HEAD}${lines.join('\n')}\n`
}

/** A row of `ANY` or of a group is `internal` if its target is inside and it does not reenter. */
function transition(
  { event, guard, to, reenters, actions }: Row,
  indent: string,
  staysInside: boolean,
): readonly string[] {
  const attributes = [
    ...(event === '' ? [] : [` event="${escaped(event)}"`]),
    ...(guard ? [` cond="${escaped(call(guard))}"`] : []),
    ...(to === null ? [] : [` target="${escaped(to)}"`]),
    ...(staysInside && !reenters ? [' type="internal"'] : []),
  ]
  return element('transition', attributes.join(''), indent, scripts(actions, `${indent}  `))
}

const block = (tag: string, words: readonly Word[], indent: string) =>
  words.length > 0 ? element(tag, '', indent, scripts(words, `${indent}  `)) : []

const scripts = (words: readonly Word[], indent: string) =>
  words.map((word) => `${indent}<script>${escaped(call(word))}</script>`)

function element(tag: string, attributes: string, indent: string, inside: readonly string[]): readonly string[] {
  if (inside.length === 0) return [`${indent}<${tag}${attributes}/>`]
  return [`${indent}<${tag}${attributes}>`, ...inside, `${indent}</${tag}>`]
}

/** A call such as `isToldToBe({ state: 'READY' })`, as the machines write it. */
function call({ name, params }: Word): string {
  const list = Object.entries(params).map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? quoted(value) : value}`,
  )
  return list.length > 0 ? `${name}({ ${list.join(', ')} })` : `${name}()`
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
