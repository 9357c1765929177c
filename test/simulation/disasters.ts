/** Faults of the whole system and of its surroundings. */
import type { Step } from './script.ts'
import type { Simulation } from './simulation.ts'

const NAMES = ['second crash', 'third crash'] as const

export function disaster(sim: Simulation, step: Step): void {
  switch (step.do) {
    case 'fault': {
      const { type, up, both, mode } = step
      sim.count(up ? 'fault ended' : type)
      if (type === 'resubmission' && sim.outside) {
        sim.outside.transfers = up ? 'confirm' : mode
        return
      }
      const more = type === 'peripheral-gateway' ? { both } : type === 'resubmission' ? { mode } : {}
      sim.ask('customer', 'POST', '/acd/faults', JSON.stringify({ type, up, ...more }), step.net)
      return
    }
    case 'disk':
      sim.count('disk refuses')
      sim.disk.refuses = true
      sim.clock.in(step.refuses, () => {
        sim.disk.refuses = false
      })
      return
    case 'crash':
      sim.count(`crash ${step.when}`)
      sim.downFor = step.down
      sim.deaths = step.again.map((each, index) => ({ ...each, name: NAMES[index] ?? 'one more crash' }))
      return sim.crash(step.when)
    case 'clock':
      return setClock(sim, step)
    case 'restart':
      sim.count('restart')
      return sim.restart(step.down)
    case 'service':
      sim.count('service lost')
      if (sim.service.up) sim.loseService(step.down, step.sessions)
      return
    case 'publisher':
      sim.count(`publisher ${step.how}`)
      sim.service.mood = step.how
      sim.clock.in(step.for, () => {
        sim.service.mood = ''
      })
      return
    default:
      return
  }
}

function setClock(sim: Simulation, { by, for: lasts, down }: Extract<Step, { do: 'clock' }>): void {
  sim.count(`wall clock ${by < 0 ? 'back' : 'forward'}${down > 0 ? ' while down' : ''}`)
  if (down > 0) {
    sim.downFor = down
    sim.crash('now')
  }
  sim.machine.setWall(by)
  if (lasts > 0) sim.clock.in(lasts, () => sim.machine.setWall(-by))
}
