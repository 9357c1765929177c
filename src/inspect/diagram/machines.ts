/** The machines by their names: those of the authority, and those of a follower. It uses nothing of Node. */
import type { AnyStateMachine } from 'xstate'
import {
  callMachine,
  followedCallMachine,
  followedLegMachine,
  followedMediaMachine,
  followedTaskMachine,
  followedUserMachine,
  legMachine,
  mediaMachine,
  presenceMachine,
  sideMachine,
  taskMachine,
  userMachine,
} from '../../../machines/index.ts'
import { MACHINES, type MachineName } from './names.ts'

const MACHINE_OF: Readonly<Record<MachineName, AnyStateMachine>> = {
  user: userMachine,
  media: mediaMachine,
  task: taskMachine,
  call: callMachine,
  leg: legMachine,
  presence: presenceMachine,
  side: sideMachine,
  'followed-user': followedUserMachine,
  'followed-media': followedMediaMachine,
  'followed-task': followedTaskMachine,
  'followed-call': followedCallMachine,
  'followed-leg': followedLegMachine,
}

/** Calls `make` for each machine, and returns the results by name. */
export const ofAllMachines = <T>(make: (machine: AnyStateMachine, name: MachineName) => T) =>
  new Map(MACHINES.map((name) => [name, make(MACHINE_OF[name], name)]))
