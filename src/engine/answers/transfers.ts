/** Transfers that the ACD has not answered yet. The answers to their commands wait for the outcome. */

import type { Answer, Outcome } from '../commands.ts'
import type { Released } from '../commit/tick.ts'
import { DONE, overtaken, refused } from './answer.ts'

/** The outcome of a transfer, found in a commit. */
interface FoundOutcome {
  readonly dialog: string
  readonly position: number
  readonly outcome: Outcome
}

/** Watches the dialog of one request for a transfer. Begins before the commit, so that it cannot miss the outcome. */
export class TransferWatch {
  readonly #stop: () => void
  #found: FoundOutcome[] = []
  #settle: ((outcome: Outcome) => void) | undefined

  constructor(stop: () => void) {
    this.#stop = stop
  }

  /** Stops, unless `answer` has returned `UNDER_WAY`. To be called when the request is answered. */
  stopUnlessUnderWay(): void {
    if (!this.#settle) this.#stop()
  }

  /** Receives the outcome of a transfer of this dialog. */
  hear(found: FoundOutcome): void {
    this.#found.push(found)
    this.#settle?.(found.outcome)
  }

  /**
   * The answer to the request, whose input has this position in the journal. An outcome with a lower position belongs
   * to an earlier transfer.
   */
  answer(position: number): Answer {
    const known = this.#found.find((found) => found.position >= position)
    if (known) return known.outcome
    const result = new Promise<Outcome>((resolve) => {
      this.#settle = (outcome) => {
        this.#stop()
        resolve(outcome)
      }
    })
    return { accepted: true, outcome: 'UNDER_WAY', result }
  }
}

export class Transfers {
  readonly #watches = new Map<string, Set<TransferWatch>>()

  /** Watches the dialog from now on, for one request. */
  watch(dialog: string): TransferWatch {
    const watches = this.#watches.get(dialog) ?? new Set()
    this.#watches.set(dialog, watches)
    const watch = new TransferWatch(() => {
      watches.delete(watch)
      if (watches.size === 0 && this.#watches.get(dialog) === watches) this.#watches.delete(dialog)
    })
    watches.add(watch)
    return watch
  }

  /** Looks for outcomes of transfers in these outputs. To be called after each commit. */
  look(released: readonly Released[]): void {
    if (this.#watches.size === 0) return
    for (const found of released.flatMap((each) => outcomeIn(each) ?? []))
      for (const watch of [...(this.#watches.get(found.dialog) ?? [])]) watch.hear(found)
  }

  /** The engine ends, so no outcome will come. */
  end(): void {
    const outcome = overtaken('The engine ended before the ACD answered.')
    for (const [dialog, watches] of this.#watches)
      for (const watch of [...watches]) watch.hear({ dialog, position: Number.POSITIVE_INFINITY, outcome })
  }
}

function outcomeIn({ position, output }: Released): FoundOutcome | undefined {
  if (output.type === 'refusal') {
    const { subject, failure } = output.refusal
    const isOfTransfer = failure === 'TRANSFER_REFUSED' || failure === 'TRANSFER_TIMED_OUT'
    return subject.kind === 'task' && isOfTransfer
      ? { dialog: subject.dialog, position, outcome: refused(output.refusal) }
      : undefined
  }
  if (output.type !== 'publish') return undefined
  const { event, value } = output.notification
  if (value.kind !== 'task' || event !== 'DELETE') return undefined
  const isTransferred = value.dispositionCode === 'CD_TASK_TRANSFER'
  const outcome = isTransferred
    ? DONE
    : overtaken(`The dialog ended before the ACD answered: ${value.dispositionCode}.`)
  return { dialog: value.id, position, outcome }
}
