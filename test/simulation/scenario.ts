/**
 * Translates a script into the language of `mrdian simulate` if that can express it: agents who sign in at the
 * beginning and answer nothing, contacts that arrive, faults. It has no single requests, network faults or crashes.
 */
import { stringify } from 'yaml'
import { selectorsOf } from './directory.ts'
import type { Script, Step } from './script.ts'

/** Steps without a counterpart. */
const WORDLESS: ReadonlySet<Step['do']> = new Set<Step['do']>([
  'act',
  'wild',
  'call',
  'dial',
  'line',
  'supervise',
  'stranger',
  'abandon',
  'hangUp',
  'disconnect',
  'stale',
  'disk',
  'crash',
  'restart',
  'clock',
  'reload',
  'sockets',
  'publisher',
  'media.routable',
])

interface Group {
  readonly name: string
  readonly users: readonly string[]
  voice: boolean
  readonly media: Record<string, object>
  readonly accept: { readonly probability: number }
  readonly answer: { readonly probability: number }
  readonly backAfterRona: 'never'
}

const duration = (ms: number) => `${ms / 1000}s`

/** YAML text, or `undefined` if the language cannot express the script. */
export function asScenario({ seed, world, steps }: Script): string | undefined {
  if (world.outside || steps.some(({ step }) => !isWorded(step))) return undefined
  const groups = new Map<number, Group>()
  const arrivals: object[] = []
  const faults: object[] = []
  let now = 0
  for (const { after, step } of steps) {
    now += after + (step.do === 'pass' ? step.ms : 0)
    const at = duration(now)
    if ('agent' in step) addTo(groups, world.agents[step.agent]?.id ?? '', step)
    if (step.do === 'submit') {
      const agent = world.agents[step.pinned]?.id
      arrivals.push({ selector: step.selector, at: [at], ...(agent === undefined ? {} : { agent }) })
    }
    if (step.do === 'ring') arrivals.push({ extension: world.agents[step.agent]?.id, at: [at] })
    if (step.do === 'service') faults.push({ type: 'notification-service', from: at, to: duration(now + step.down) })
    if (step.do === 'fault' && !step.up) faults.push({ type: step.type, from: at, both: step.both, mode: step.mode })
  }
  if (groups.size === 0) return undefined
  const { agents: _agents, media: _media, outside: _outside, embedded: _embedded, ...settings } = world
  return stringify({
    version: 1,
    title: `Seed ${seed}, made small`,
    duration: duration(Math.max(60_000, now + 60_000)),
    seed,
    directory: { inline: inlineDirectory(world, settings) },
    agents: [...groups.values()],
    arrivals,
    faults,
  })
}

function isWorded(step: Step): boolean {
  if (WORDLESS.has(step.do)) return false
  if (step.do === 'user.signIn') return !step.foreign
  if (step.do === 'user.state' || step.do === 'media.state') return step.state === 'READY'
  return step.do !== 'fault' || !step.up
}

function addTo(groups: Map<number, Group>, user: string, step: Extract<Step, { agent: number }>): void {
  if (step.do === 'ring') return
  const group: Group = groups.get(step.agent) ?? {
    name: `agent ${user}`,
    users: [user],
    voice: false,
    media: {},
    accept: { probability: 0 },
    answer: { probability: 0 },
    backAfterRona: 'never',
  }
  groups.set(step.agent, group)
  if (step.do === 'user.signIn') group.voice = true
  if (step.do !== 'media.signIn') return
  const { limit: maxDialogLimit, answer: interruptAction, atSignOut: dialogLogoutAction } = step
  group.media[step.mrd] = { maxDialogLimit, interruptAction, dialogLogoutAction }
}

function inlineDirectory(world: Script['world'], settings: object): object {
  return {
    version: 1,
    settings,
    mediaRoutingDomains: [
      { id: '1', name: 'Voice' },
      ...world.media.map((each) => ({ ...each, name: `M${each.id}`, scriptSelectors: selectorsOf(each.id) })),
    ],
    teams: [{ id: '2001', name: 'One' }],
    users: world.agents.map(({ id, wrapUp, wrapUpSeconds, mrds }) => ({
      id,
      loginName: `name${id}`,
      password: 'secret',
      teamId: '2001',
      extensions: [id],
      mediaRoutingDomains: mrds,
      settings: { wrapUpOnIncoming: wrapUp, wrapUpSeconds },
    })),
  }
}
