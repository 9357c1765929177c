/** Figures of the seeds that were played. */
import type { Outcome } from './play.ts'

export class Statistics {
  seeds = 0
  rows = 0
  #agentMs = 0
  readonly cells = new Set<string>()
  readonly faults = new Map<string, number>()

  add({ rows, simulated, agents, cells, faults }: Outcome): void {
    this.seeds += 1
    this.rows += rows
    this.#agentMs += simulated * agents
    for (const cell of cells) this.cells.add(cell)
    for (const [fault, count] of Object.entries(faults)) this.faults.set(fault, (this.faults.get(fault) ?? 0) + count)
  }

  get agentHours(): number {
    return this.#agentMs / 3_600_000
  }

  /** As lines of text. */
  words(seconds: number): string {
    const cells = (machine: string) => [...this.cells].filter((cell) => cell.startsWith(`${machine} `)).length
    const faults = [...this.faults].sort(([a], [b]) => (a < b ? -1 : 1)).map(([fault, count]) => `${fault} ${count}`)
    const total = [...this.faults.values()].reduce((sum, count) => sum + count, 0)
    return [
      `${this.seeds} seeds, each played twice, in ${Math.round(seconds)} s: ${((this.seeds * 60) / seconds).toFixed(1)} a minute`,
      `${this.agentHours.toFixed(1)} agent-hours simulated, ${this.rows} journal rows`,
      `${total} faults injected: ${faults.join(', ')}`,
      `cells of state and event seen: media ${cells('media')}, task ${cells('task')}, user ${cells('user')}, presence ${cells('presence')}`,
    ].join('\n')
  }
}
