/** Replaces personal names and values by neutral ones. */
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import { MARK } from '../run/contacts.ts'

export const natural = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** An id of an agent or team is kept if it is a number. Any other id could be a name. */
const isNumber = (id: string) => /^\d{1,32}$/.test(id)

/** The number of every caller. `NOBODY` is an extension that no user has. */
export const CALLER = '5550100'
const NOBODY = '0'

/** The first replacement for an extension. */
const EXTENSIONS_FROM = 20_001

/** The names of users, teams and extensions in a recording. The same one always gets the same name. */
export class NeutralNames {
  readonly #users = new Map<string, string>()
  readonly #numbers = new Map<string, number>()
  readonly #teams = new Map<string, string>()
  readonly #extensions = new Map<string, string>()
  readonly #sessions = new Map<string, Map<string, string>>()

  /** `setups` in the order of the directory of the recording. */
  constructor(setups: Iterable<UserSetup>) {
    const all = [...setups]
    // The order of the ids must stay the same, because between equal agents the ACD takes the one with the first id.
    const places = new Map(
      [
        ...all
          .map(({ profile }) => profile.id)
          .sort()
          .entries(),
      ].map(([place, id]) => [id, place]),
    )
    for (const { profile, config } of all) {
      const place = String((places.get(profile.id) ?? 0) + 1).padStart(5, '0')
      this.#users.set(profile.id, isNumber(profile.id) ? profile.id : `agent-${place}`)
      for (const { id } of [{ id: profile.teamId }, ...profile.supervises]) this.#team(id)
      for (const extension of config.extensions)
        if (!this.#extensions.has(extension))
          this.#extensions.set(extension, String(EXTENSIONS_FROM + this.#extensions.size))
    }
    for (const [index, id] of [...this.#users.keys()].entries()) this.#numbers.set(id, index + 1)
  }

  user(id: string): string {
    return this.#users.get(id) ?? id
  }

  /** Index of a user in the directory, from 1; 0 for an unknown user. */
  number(id: string): number {
    return this.#numbers.get(id) ?? 0
  }

  team(id: string): string {
    return this.#teams.get(id) ?? id
  }

  get teams(): readonly string[] {
    return [...this.#teams.values()]
  }

  /** The replacement of an extension. An unknown one becomes an extension that no user has. */
  extension(of: string): string {
    return this.#extensions.get(of) ?? NOBODY
  }

  /** The replacement of a session: the sessions of a user are numbered. */
  session(user: string, session: string): string {
    const known = this.#sessions.get(user) ?? new Map<string, string>()
    this.#sessions.set(user, known)
    const name = known.get(session) ?? String(known.size + 1)
    known.set(session, name)
    return name
  }

  #team(id: string): void {
    if (!this.#teams.has(id)) this.#teams.set(id, isNumber(id) ? id : `team-${this.#teams.size + 1}`)
  }
}

/** Technical names of variables. Any other name is replaced, because it could be personal. */
const PLAIN = /^[\w.-]{1,64}$/

/** Replaces the values of the variables of a contact. Only within one contact equal values have equal replacements. */
export function neutralVariables(
  variables: readonly { readonly name: string; readonly value: string }[],
  caller?: string,
): Readonly<Record<string, string>> {
  const values = new Map<string, string>(caller === undefined ? [] : [[caller, CALLER]])
  let count = 0
  const neutral = new Map<string, string>()
  for (const { name, value } of variables) {
    // The simulation adds its own mark again.
    if (name === MARK) continue
    if (value !== '' && !values.has(value)) {
      count += 1
      values.set(value, `value ${count}`)
    }
    neutral.set(PLAIN.test(name) ? name : `variable-${neutral.size + 1}`, values.get(value) ?? '')
  }
  return Object.fromEntries(neutral)
}
