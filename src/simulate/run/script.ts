/** Plays the `script` of a scenario: every entry at its moment, in the order of the file. */
import type { Command } from '../../engine/commands.ts'
import type { CallDialogValue } from '../../engine/values.ts'
import type { ArrivalStream } from '../scenario/model.ts'
import type { ScriptEntry } from '../scenario/script.ts'
import { MARK, type SimulatedContacts } from './contacts.ts'
import { inputOf } from './faults.ts'
import type { World } from './world.ts'

/**
 * Schedules all entries. It must be called before anything else in a simulation is scheduled, so that at the same
 * moment the script comes before the deadlines of the engine.
 */
export function startScript(world: World, contacts: SimulatedContacts): void {
  const player = new Player(world, contacts)
  for (const entry of world.scenario.script) world.atMoment(entry.at, () => player.play(entry))
}

type Arrives = Extract<ScriptEntry, { do: 'task' | 'call' }>
type Acts = Exclude<ScriptEntry, Arrives | { do: 'giveUp' | 'presence' | 'fault' }>

/** The dial number of all mobile agents. */
const DIAL_NUMBER = '5550199'

/** Errors of commands that were refused before they became an input. */
const NOT_YET: ReadonlySet<string> = new Set(['DIALOG_NOT_FOUND', 'NOT_A_PARTICIPANT', 'OUT_OF_SERVICE'])

/** Has this agent made the call? */
const isMadeBy = (user: string, { fromAddress, participants }: CallDialogValue): boolean =>
  participants.some((party) => party.user === user && party.mediaAddress === fromAddress)

class Player {
  readonly #world: World
  readonly #contacts: SimulatedContacts

  constructor(world: World, contacts: SimulatedContacts) {
    this.#world = world
    this.#contacts = contacts
  }

  play(entry: ScriptEntry): void {
    const { clock, engine } = this.#world
    switch (entry.do) {
      case 'task':
      case 'call':
        return this.#arrive(entry)
      case 'giveUp':
        return this.#giveUp(entry.contact)
      case 'presence': {
        const session = `${entry.user}@simulation/desktop-${entry.session}`
        return clock.track(
          engine.adapters.presence({ user: entry.user, side: 'A', session, available: entry.available }),
        )
      }
      case 'fault':
        return this.#fault(entry)
      default:
        return this.#act(entry)
    }
  }

  #arrive(entry: Arrives): void {
    const { contact, variables } = entry
    const hash = contact.lastIndexOf('#')
    const [key, number] = hash < 0 ? [contact, 1] : [contact.slice(0, hash), Number(contact.slice(hash + 1))]
    const where =
      entry.do === 'task'
        ? { selector: entry.selector, caller: '', agent: entry.agent, keepAgent: entry.keepAgent }
        : { extension: entry.extension, queue: entry.queue, caller: entry.caller }
    const arrival: ArrivalStream = { key, from: 0, variables, handling: {}, ...where }
    this.#contacts.arrive(arrival, number)
  }

  #giveUp(key: string): void {
    const contact = this.#contacts.find(key)
    if (!contact) return
    if (contact.state === 'QUEUED' || contact.state === 'OFFERED') return this.#contacts.giveUp(contact)
    if (contact.arrival.selector === undefined) return this.#contacts.hangUp(contact)
    const { clock, acd } = this.#world
    clock.track(this.#world.unlessRefused(acd.abandonTask(contact.id)))
  }

  #fault({ type, both, mode, up }: Extract<ScriptEntry, { do: 'fault' }>): void {
    const { clock, engine } = this.#world
    if (type === 'notification-service') return clock.track(engine.adapters.notificationService('A', up))
    clock.track(engine.fault(inputOf({ side: 'A', both, mode }, type, up)))
  }

  #act(entry: Acts): void {
    this.#give(entry, () => this.#world.after(0, () => this.#give(entry, () => undefined)))
  }

  /**
   * Gives the command. Calls `tooEarly` if it is not possible yet, because a deadline of the same moment has to fire
   * first.
   */
  #give(entry: Acts, tooEarly: () => void): void {
    const command = this.#commandOf(entry)
    if (!command) return tooEarly()
    const { clock, engine } = this.#world
    clock.track(
      engine.command(command).then((answer) => {
        if (!answer.accepted && NOT_YET.has(answer.code)) return tooEarly()
        if (entry.do === 'call.make' || entry.do === 'call.consult') this.#name(entry)
      }),
    )
  }

  /** The call that the agent has just made: the newest one. If it was refused, the name stays without a call. */
  #name({ user, contact }: Extract<Acts, { do: 'call.make' | 'call.consult' }>): void {
    const known = new Set(this.#contacts.madeCalls.values())
    const calls = this.#world.engine.get.dialogs(user, 'voice') ?? []
    const own = calls.filter((each) => each.kind === 'call' && !known.has(each.id) && isMadeBy(user, each))
    const newest = own.map(({ id }) => id).sort((a, b) => Number(b) - Number(a))[0]
    if (newest !== undefined) this.#contacts.madeCalls.set(contact, newest)
  }

  /** The command of an entry; `undefined` while the contact is not with this agent. */
  #commandOf(entry: Acts): Command | undefined {
    const { user } = entry
    const reason = 'reason' in entry && entry.reason !== undefined ? { reasonCodeId: entry.reason } : {}
    switch (entry.do) {
      case 'user.signIn': {
        const { extension, mobile: mode } = entry
        const mobileAgent = mode === undefined ? {} : { mobileAgent: { mode, dialNumber: DIAL_NUMBER } }
        return { type: entry.do, user, extension, ...mobileAgent }
      }
      case 'user.setState':
        return { type: entry.do, user, state: entry.state, by: entry.bySupervisor ? 'supervisor' : 'self', ...reason }
      case 'media.signIn': {
        const { mrd, maxDialogLimit, interruptAction, dialogLogoutAction } = entry
        return { type: entry.do, user, mrd, maxDialogLimit, interruptAction, dialogLogoutAction }
      }
      case 'media.setState':
        return { type: entry.do, user, mrd: entry.mrd, state: entry.state, ...reason }
      case 'media.setRoutable':
        return { type: entry.do, user, mrd: entry.mrd, routable: entry.routable }
      case 'dialog.act': {
        const dialog = this.#dialogOf(user, entry.contact)
        const target = entry.target === undefined ? {} : { target: entry.target }
        return dialog === undefined ? undefined : { type: entry.do, user, dialog, action: entry.action, ...target }
      }
      case 'call.act': {
        const dialog = this.#contacts.callNamed(entry.contact)
        if (!dialog) return undefined
        return { type: entry.do, user, dialog, action: entry.action, targetMediaAddress: entry.extension }
      }
      case 'call.make':
        return { type: entry.do, user, fromAddress: entry.extension, toAddress: entry.to }
      case 'call.consult':
      case 'call.transferTo': {
        const dialog = this.#contacts.callNamed(entry.do === 'call.consult' ? entry.during : entry.contact)
        if (!dialog) return undefined
        return { type: entry.do, user, dialog, targetMediaAddress: entry.extension, toAddress: entry.to }
      }
      case 'call.join': {
        const dialog = this.#contacts.callNamed(entry.contact)
        if (!dialog) return undefined
        return { type: entry.do, user, dialog, action: entry.action, targetMediaAddress: entry.extension }
      }
    }
  }

  #dialogOf(user: string, contact: string): string | undefined {
    const dialogs = this.#world.engine.get.dialogs(user, 'nonvoice') ?? []
    return dialogs.find(({ variables }) => variables.some(({ name, value }) => name === MARK && value === contact))?.id
  }
}
