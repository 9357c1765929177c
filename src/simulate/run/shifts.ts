/** The shift of every agent: begin and end, breaks, lost connections. */
import type { Stream } from '../random.ts'
import type { Agent } from './agent.ts'
import type { World } from './world.ts'

export function startShifts(world: World, agents: readonly Agent[]): void {
  for (const agent of agents) startShift(world, agent)
}

function startShift(world: World, agent: Agent): void {
  const { group, index } = agent.member
  const random = world.stream(`agent/${agent.user}/shift`)
  const shift = index * group.stagger + Math.round(random.next() * group.spread)
  world.atMoment(group.signIn + shift, () => agent.begin())
  if (group.signOut !== undefined) world.atMoment(group.signOut + shift, () => agent.leave())
  startBreaks(world, agent, shift)
  startLosses(world, agent)
}

/** Breaks and lost connections of agents whose shift goes on. */
export function startInterludes(world: World, agents: readonly Agent[]): void {
  for (const agent of agents) {
    startBreaks(world, agent, 0)
    startLosses(world, agent)
  }
}

function startBreaks(world: World, agent: Agent, shift: number): void {
  for (const [number, { at, every, spread, reason, for: length }] of agent.member.group.breaks.entries()) {
    const random = world.stream(`agent/${agent.user}/break-${number}`)
    const begin = (moment: number) => {
      world.atMoment(later(moment + shift, spread, random), () => agent.pause(world.draw(length, random), reason))
      if (every !== undefined && every > 0 && moment + every <= world.scenario.duration) begin(moment + every)
    }
    begin(at)
  }
}

function startLosses(world: World, agent: Agent): void {
  for (const [number, { at, spread, share, for: length }] of agent.member.group.connectionLosses.entries()) {
    const random = world.stream(`agent/${agent.user}/loss-${number}`)
    if (random.next() >= share) continue
    world.atMoment(later(at, spread, random), () => {
      agent.vanish()
      if (length) world.after(world.draw(length, random), () => agent.appear())
    })
  }
}

const later = (moment: number, spread: number, random: Stream) => moment + Math.round(random.next() * spread)
