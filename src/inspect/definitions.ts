/** The machines as inspectors draw them: their configuration, actions and guards by name. */
import {
  callMachine,
  mediaMachine,
  presenceMachine,
  sideMachine,
  taskMachine,
  userMachine,
} from '../../machines/index.ts'
import type { FrameJson, MachineName, Machines } from './protocol.ts'

const CONFIGS = {
  user: userMachine.config,
  media: mediaMachine.config,
  task: taskMachine.config,
  presence: presenceMachine.config,
  call: callMachine.config,
  side: sideMachine.config,
} as const satisfies Readonly<Record<MachineName, object>>

/** Functions that stand in a configuration, such as the first context, are shown by name. */
const byName = (_key: string, value: unknown) => (typeof value === 'function' ? { type: value.name } : value)

const texts = new Map<MachineName, string>()

/** The configuration as JSON text: the `definition` of an actor frame. */
export function definitionOf(machine: MachineName): string {
  const known = texts.get(machine)
  if (known !== undefined) return known
  const text = JSON.stringify(CONFIGS[machine], byName)
  texts.set(machine, text)
  return text
}

/** All of them, for `GET /inspect/machines`. */
export function machineDefinitions(): Machines {
  const read = (machine: MachineName): FrameJson => JSON.parse(definitionOf(machine))
  return {
    user: read('user'),
    media: read('media'),
    task: read('task'),
    presence: read('presence'),
    call: read('call'),
    side: read('side'),
  }
}
