/** Has a side its connection to the ACD? Simulated failures of the link, or of both peripheral gateways, break it. */
import type { Side } from '../../../machines/wire.ts'

export interface Fault {
  readonly type: string
  readonly up: boolean
  readonly both: boolean
  readonly side: Side
}

export class Links {
  readonly #changes: { readonly at: number; readonly side: Side; readonly failed: ReadonlySet<string> }[] = []

  takes({ type, up, both, side }: Fault, at: number): void {
    if (type !== 'acd-link' && type !== 'peripheral-gateway') return
    if (!up && type === 'peripheral-gateway' && !both) return
    const failed = new Set(this.#failedAt(side, at))
    if (up) failed.delete(type)
    else failed.add(type)
    this.#changes.push({ at, side, failed })
  }

  isUp(side: Side, at: number): boolean {
    return this.#failedAt(side, at).size === 0
  }

  #failedAt(side: Side, at: number): ReadonlySet<string> {
    return this.#changes.findLast((change) => change.side === side && change.at <= at)?.failed ?? new Set()
  }
}
