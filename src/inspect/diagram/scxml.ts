/**
 * A chart as SCXML (https://www.w3.org/TR/scxml/), datamodel ECMAScript: guards are calls in `cond`, actions are calls
 * in `script`. Whoever runs it supplies the functions of these names.
 */
import { ANY, type Chart, type Row, type Word } from './model.ts'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

/**
 * One `state` stands for the machine and holds the rows of every state, since the root element may hold none. Rows are
 * in document order, which is the order in which SCXML tries them.
 */
export function scxmlOf({ name, initial, states, rows }: Chart): string {
  const of = (from: string) => rows.filter((row) => row.from === from)
  const lines = [
    `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="${name}" initial="${name}">`,
    `  <state id="${name}" initial="${initial}">`,
    ...of(ANY).flatMap((row) => transition(row, '    ')),
    ...states.flatMap(({ name: id, kind, entry, exit }) => {
      const tag = kind === 'final' ? 'final' : 'state'
      return element(tag, ` id="${id}"`, '    ', [
        ...block('onentry', entry),
        ...block('onexit', exit),
        // Nothing leaves a final state, and SCXML allows it no transitions.
        ...(kind === 'final' ? [] : of(id).flatMap((row) => transition(row, '      '))),
      ])
    }),
    '  </state>',
    '</scxml>',
  ]
  return `${HEAD}${lines.join('\n')}\n`
}

/** Rows of `ANY` that do not reenter stay inside the machine's state: `internal`. */
function transition({ from, event, guard, to, reenters, actions }: Row, indent: string): readonly string[] {
  const attributes = [
    ...(event === '' ? [] : [` event="${escaped(event)}"`]),
    ...(guard ? [` cond="${escaped(call(guard))}"`] : []),
    ...(to === null ? [] : [` target="${escaped(to)}"`]),
    ...(to !== null && from === ANY && !reenters ? [' type="internal"'] : []),
  ]
  return element('transition', attributes.join(''), indent, scripts(actions, `${indent}  `))
}

const block = (tag: string, words: readonly Word[]) =>
  words.length > 0 ? element(tag, '', '      ', scripts(words, '        ')) : []

const scripts = (words: readonly Word[], indent: string) =>
  words.map((word) => `${indent}<script>${escaped(call(word))}</script>`)

function element(tag: string, attributes: string, indent: string, inside: readonly string[]): readonly string[] {
  if (inside.length === 0) return [`${indent}<${tag}${attributes}/>`]
  return [`${indent}<${tag}${attributes}>`, ...inside, `${indent}</${tag}>`]
}

/** `isFollowedTo({ state: 'READY' })`, as the machines write it. */
function call({ name, params }: Word): string {
  const list = Object.entries(params).map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? quoted(value) : value}`,
  )
  return list.length > 0 ? `${name}({ ${list.join(', ')} })` : `${name}()`
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
