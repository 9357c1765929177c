/** The directory of a world. */
import { parseDirectory } from '../../src/directory/index.ts'
import type { LoadedDirectory } from '../../src/directory/model.ts'
import type { World } from './script.ts'

export const ADMINISTRATOR = 'admin'
export const PASSWORD = 'secret'
/** The two script selectors of an MRD. `NOWHERE` belongs to no MRD. */
export const selectorsOf = (mrd: string): readonly string[] => [`s${mrd}a`, `s${mrd}b`]
export const NOWHERE = 'nowhere'
/** Reasons that agents give. */
export const REASONS = { NOT_READY: '16', LOGOUT: '18' } as const

/** The directory as the content of a file. */
export function fileOf(world: World): object {
  const { agents, media, outside: _outside, embedded: _embedded, ...settings } = world
  return {
    version: 1,
    settings: { ...settings, lockout: { attempts: 3, seconds: 60 } },
    administrators: [{ id: ADMINISTRATOR, password: PASSWORD }],
    mediaRoutingDomains: [
      { id: '1', name: 'Voice' },
      ...media.map((each) => ({ ...each, name: `M${each.id}`, scriptSelectors: selectorsOf(each.id) })),
    ],
    teams: [{ id: '2001', name: 'One' }],
    reasonCodes: [
      { id: REASONS.NOT_READY, category: 'NOT_READY', code: 10, label: 'Meeting' },
      { id: REASONS.LOGOUT, category: 'LOGOUT', code: 30, label: 'End of Shift' },
    ],
    users: agents.map(({ id, supervisor, wrapUp, wrapUpSeconds, mrds }) => ({
      id,
      loginName: `name${id}`,
      password: PASSWORD,
      roles: supervisor ? ['Agent', 'Supervisor'] : ['Agent'],
      supervises: supervisor ? ['2001'] : [],
      teamId: '2001',
      extensions: [id],
      mediaRoutingDomains: mrds,
      settings: { wrapUpOnIncoming: wrapUp, wrapUpSeconds },
    })),
  }
}

export const directoryOf = (world: World): LoadedDirectory =>
  parseDirectory(JSON.stringify(fileOf(world)), 'simulation')
