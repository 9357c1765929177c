/** The rows of mobile agents (`user 7`): the nailed connection, and the telephone that is called for each call. */
import { by } from '../rules.ts'
import type { NailState } from './model.ts'

const nailIs = (is: NailState) => ({ guard: { type: 'isNail', params: { is } } }) as const

/** READY before the nailed connection is answered. */
export const isNotNailed = {
  ...by('user 7', 'The nailed connection of the mobile agent is not answered yet.'),
  guard: 'isNotNailed',
  actions: { type: 'refuse', params: { failure: 'INVALID_USER_STATE' } },
} as const

/** Rows of a mobile agent who is signed in. */
export const nailed = [
  {
    ...by('user 7', 'The nailed connection could not be made, which signs the mobile agent out.'),
    ...nailIs('FAILED'),
    target: '#user.LOGOUT',
    actions: ['noteLostNail', 'thenSignOutOfMedia'],
  },
  {
    ...by('user 7', 'The nailed connection was dropped, which signs the mobile agent out.'),
    ...nailIs('OVER'),
    target: '#user.LOGOUT',
    actions: ['noteLostNail', 'thenSignOutOfMedia'],
  },
  { ...by('user 7', 'The nailed connection has begun, or is answered.'), actions: 'noteNail' },
] as const

/** Rows in every state of the user. */
export const mobile = {
  NAIL: by('user 7', 'The nailed connection of a user who is signed out is over.'),
  PHONE_IS: [
    {
      ...by('user 7', 'The telephone of the mobile agent cannot be reached, and the call rings no more.'),
      guard: 'isNotReached',
      actions: 'failPhone',
    },
    by('user 7', 'The telephone of the mobile agent rings.'),
  ],
} as const
