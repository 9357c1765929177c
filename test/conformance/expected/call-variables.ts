import { group, leaf, type Tree } from '../tree.ts'

/** Names and values, in the order of their submission. */
export type Variables = Readonly<Record<string, string>>

/** `callvariables` of a task: what was submitted (`media 7.2`). */
export const taskVariables = (variables: Variables): Tree => variableList(Object.entries(variables))

const PERIPHERAL = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'].map((number) => `callVariable${number}`)

/** `callvariables` of a call (`dialog 1.4`): the ten of the peripheral, empty ones too, and then all others. */
export function callVariables(variables: Variables): Tree {
  const peripheral = PERIPHERAL.map((name) => [name, variables[name] ?? ''] as const)
  return variableList([...peripheral, ...Object.entries(variables).filter(([name]) => !PERIPHERAL.includes(name))])
}

const variableList = (variables: readonly (readonly [string, string])[]): Tree =>
  group(
    'callvariables',
    ...variables.map(([name, value]) => group('CallVariable', leaf('name', name), leaf('value', value))),
  )
