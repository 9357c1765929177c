/** A user as a snapshot has it. */
import type { Side } from '../../../../machines/wire.ts'
import type { Json } from '../../ports.ts'
import { isSaid, type Said } from './said.ts'
import { isUserSetup, type UserSetup } from './setup.ts'
import { isTold, type Told } from './told.ts'

export interface StoredUser {
  readonly setup: UserSetup
  /** The actor tree of the machine. */
  readonly tree: Json
  readonly told: Told
  readonly said: Said
  readonly isRemoved: boolean
  /** Sides on which undelivered notifications wait for the user. */
  readonly awaited: readonly Side[]
}

/** `setup` as JSON, which the caller caches. */
export function writeUser(setup: Json, { told, said, tree, isRemoved, awaited }: Omit<StoredUser, 'setup'>): Json {
  return {
    setup,
    told: JSON.parse(JSON.stringify(told)),
    said: JSON.parse(JSON.stringify(said)),
    tree,
    ...(isRemoved ? { isRemoved: true } : {}),
    ...(awaited.length > 0 ? { awaited } : {}),
  }
}

/** Throws if the snapshot is not one of a user. */
export function readUser(state: Json): StoredUser {
  if (
    typeof state === 'object' &&
    state !== null &&
    'setup' in state &&
    'told' in state &&
    'tree' in state &&
    'said' in state
  ) {
    const { setup, told, tree, said } = state
    const isRemoved = 'isRemoved' in state && state.isRemoved === true
    const awaited = 'awaited' in state && Array.isArray(state.awaited) ? state.awaited.filter(isSide) : []
    if (isUserSetup(setup) && isTold(told) && isSaid(said) && tree !== undefined)
      return { setup, told, tree, said, isRemoved, awaited }
  }
  throw new Error('snapshot of a user cannot be read')
}

const isSide = (value: unknown): value is Side => value === 'A' || value === 'B'
