/** The complete lists of mutants of a small chart and of a small renderer. */
import { describe, expect, it } from 'vitest'
import { mutantsOf } from './sources.ts'
import { parse } from './syntax.ts'

describe('the mutants of a small chart', () => {
  const chart = `
    const refuses = (failure) => ({ actions: { type: 'refuse', params: { failure } } })
    export const machine = setup({ guards: { isOpen: ({ context }) => context.open === true } }).createMachine({
      initial: 'A',
      on: { LEAVE: 'B', STAY: refuses('NO') },
      states: {
        A: { entry: 'hello', on: { GO: [{ guard: 'isOpen', target: '#m.B', actions: ['one', 'two'] }, refuses('SHUT')] } },
        B: { always: { target: 'C' } },
        C: { on: { BACK: { target: 'A', reenter: true } } },
      },
    })`
  const edits = mutantsOf(parse('machines/side.ts', chart)).map((each) => {
    const was = chart.slice(each.start, each.end).replaceAll(/\s+/g, ' ').trim()
    return `${each.kind}: ${was} -> ${each.text}`
  })

  it('are these', () => {
    expect(edits).toEqual([
      "action-dropped: actions: { type: 'refuse', params: { failure } } -> ",
      'guard-true: context.open === true -> true',
      'guard-false: context.open === true -> false',
      'guard-negated: context.open === true -> !(context.open === true)',
      'flipped: true -> false',
      "row-dropped: LEAVE: 'B', -> ",
      "target-removed: 'B' -> {}",
      "target-replaced: 'B' -> 'C'",
      "target-replaced: 'B' -> 'A'",
      "row-dropped: STAY: refuses('NO') -> ",
      "action-dropped: entry: 'hello', -> ",
      "row-dropped: { guard: 'isOpen', target: '#m.B', actions: ['one', 'two'] }, -> ",
      "guard-removed: guard: 'isOpen', -> ",
      "target-removed: target: '#m.B', -> ",
      "target-replaced: '#m.B' -> '#m.C'",
      "target-replaced: '#m.B' -> '#m.A'",
      "action-dropped: 'one', -> ",
      "effect-swapped: 'one', 'two' -> 'two', 'one'",
      "action-dropped: 'two' -> ",
      "row-dropped: refuses('SHUT') -> ",
      "target-removed: target: 'C' -> ",
      "target-replaced: 'C' -> 'A'",
      "target-replaced: 'C' -> 'B'",
      "row-dropped: BACK: { target: 'A', reenter: true } -> ",
      "target-removed: target: 'A', -> ",
      "target-replaced: 'A' -> 'B'",
      "target-replaced: 'A' -> 'C'",
      'reenter-flipped: true -> false',
    ])
  })
})

it('actions are exchanged only if both say something: an update of the context is exchanged with no other', () => {
  const chart = `export const machine = setup({}).createMachine({ on: {
    A: { actions: ['noteInterrupt', 'interruptDialogs', 'tellSignedIn'] },
    B: { actions: ['tellDialogs', { type: 'rememberState', params: {} }, 'noteTime'] },
  } })`
  const edits = mutantsOf(parse('machines/side.ts', chart)).filter(({ kind }) => kind === 'effect-swapped')
  expect(edits.map(({ text }) => text)).toEqual(["'tellSignedIn', 'interruptDialogs'"])
})

describe('the mutants of a small renderer', () => {
  const renderer = `
    const PATH = '/finesse/api'
    export function render(user, side, actingSide) {
      const head = { id: user.id, name: user.name, ...user.more }
      if (user.gone) return ''
      return parent('user', leaf('id', head.id), leaf('uri', \`\${PATH}/User/\${user.id}\`), only('A'), names(side, actingSide))
    }
    export const words = (kind) => {
      switch (kind) { case 'task': return ['one', 'two'] }
      listeners.emit('said', kind ?? '')
      queue.push(3)
    }`
  const edits = mutantsOf(parse('src/finesse/queue.ts', renderer)).map((each) => {
    const was = renderer.slice(each.start, each.end).replaceAll(/\s+/g, ' ').trim()
    return `${each.kind}: ${was} -> ${each.text.replaceAll(/\s+/g, ' ')}`.replaceAll('${', '{')
  })

  it('are these', () => {
    expect(edits).toEqual([
      'text-changed:  -> X',
      'field-replaced: id: user.id -> id: user.name',
      'field-dropped: id: user.id, -> ',
      'field-replaced: name: user.name -> name: user.id',
      'field-dropped: name: user.name, -> ',
      'field-dropped: ...user.more -> ',
      'flipped: user.gone -> !user.gone',
      'condition-true: user.gone -> true',
      'condition-false: user.gone -> false',
      'text-changed:  -> X',
      'text-changed:  -> X',
      "element-dropped: leaf('id', head.id), -> ",
      "element-swapped: leaf('id', head.id), leaf('uri', `{PATH}/User/{user.id}`) -> leaf('uri', `{PATH}/User/{user.id}`), leaf('id', head.id)",
      'text-changed:  -> X',
      "value-replaced: head.id -> 'NONSENSE'",
      'value-replaced: head.id -> `{PATH}/User/{user.id}`',
      "element-dropped: leaf('uri', `{PATH}/User/{user.id}`), -> ",
      "element-swapped: leaf('uri', `{PATH}/User/{user.id}`), only('A') -> only('A'), leaf('uri', `{PATH}/User/{user.id}`)",
      'text-changed:  -> X',
      "value-replaced: `{PATH}/User/{user.id}` -> 'NONSENSE'",
      'value-replaced: `{PATH}/User/{user.id}` -> head.id',
      "value-replaced: PATH -> 'NONSENSE'",
      'text-changed:  -> X',
      "value-replaced: user.id -> 'NONSENSE'",
      "element-dropped: only('A'), -> ",
      "element-swapped: only('A'), names(side, actingSide) -> names(side, actingSide), only('A')",
      "side-exchanged: 'A' -> 'B'",
      'element-dropped: names(side, actingSide) -> ',
      'side-exchanged: side, actingSide -> actingSide, side',
      "case-dropped: 'task' -> {}",
      "element-dropped: 'one', -> ",
      "element-swapped: 'one', 'two' -> 'two', 'one'",
      'text-changed:  -> X',
      "element-dropped: 'two' -> ",
      'text-changed:  -> X',
      "effect-dropped: listeners.emit('said', kind ?? '') -> ",
      "effect-swapped: listeners.emit('said', kind ?? '') queue.push(3) -> queue.push(3) listeners.emit('said', kind ?? '')",
      'text-changed:  -> X',
      "default-removed: ?? '' -> ",
      'text-changed:  -> X',
      'effect-dropped: queue.push(3) -> ',
      'text-changed: 3 -> 4',
    ])
  })
})
