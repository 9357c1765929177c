/** Neutral names in the place of everything that is about people. */
import type { UserSetup } from '../../engine/aggregate/user/setup.ts'
import { MARK } from '../run/contacts.ts'

export const natural = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** A number of an agent or team is kept; anything else could be a name. */
const isNumber = (id: string) => /^\d{1,32}$/.test(id)

/** Caller of every call, and what nobody is called by. */
export const CALLER = '5550100'
const NOBODY = '0'

/** First of the extensions. */
const EXTENSIONS_FROM = 20_001

/** How users, teams and extensions are called in a recording: the same one always by the same name. */
export class NeutralNames {
  readonly #users = new Map<string, string>()
  readonly #numbers = new Map<string, number>()
  readonly #teams = new Map<string, string>()
  readonly #extensions = new Map<string, string>()
  readonly #sessions = new Map<string, Map<string, string>>()

  /** In the order of the recording's directory. */
  constructor(setups: Iterable<UserSetup>) {
    const all = [...setups]
    // Between equals the ACD takes the agent whose id comes first: the order of the ids has to stay.
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

  /** Number of a user in the directory, from 1. */
  number(id: string): number {
    return this.#numbers.get(id) ?? 0
  }

  team(id: string): string {
    return this.#teams.get(id) ?? id
  }

  get teams(): readonly string[] {
    return [...this.#teams.values()]
  }

  /** An extension that nobody has stays one that nobody has. */
  extension(of: string): string {
    return this.#extensions.get(of) ?? NOBODY
  }

  /** Sessions of a user are counted. */
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

/** Names of variables are meant for machines; one that does not look so is replaced as well. */
const PLAIN = /^[\w.-]{1,64}$/

/** The variables of a contact: the same value has the same replacement within it, and nowhere else. */
export function neutralVariables(
  variables: readonly { readonly name: string; readonly value: string }[],
  caller?: string,
): Readonly<Record<string, string>> {
  const values = new Map<string, string>(caller === undefined ? [] : [[caller, CALLER]])
  let count = 0
  const neutral = new Map<string, string>()
  for (const { name, value } of variables) {
    // Every simulation adds a mark of its own.
    if (name === MARK) continue
    if (value !== '' && !values.has(value)) {
      count += 1
      values.set(value, `value ${count}`)
    }
    neutral.set(PLAIN.test(name) ? name : `variable-${neutral.size + 1}`, values.get(value) ?? '')
  }
  return Object.fromEntries(neutral)
}
