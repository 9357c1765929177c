/** Requests over a network that delays, loses and repeats them, and the checks of their answers. */
import { PASSWORD } from './directory.ts'
import type { Answered, Asked, Life } from './life.ts'
import { request } from './request.ts'
import type { Net } from './script.ts'
import type { Simulation } from './simulation.ts'

/** A network without delay and loss. */
export const DIRECT: Net = { there: 0, back: 0, lost: '', again: [] }

export class Requests {
  readonly #sim: Simulation
  /** The current process. */
  readonly #life: () => Life | undefined
  #count = 0

  constructor(sim: Simulation, life: () => Life | undefined) {
    this.#sim = sim
    this.#life = life
  }

  /** Sends a request over the network. `heard` gets every answer that arrives. */
  ask(
    who: string,
    method: Asked['method'],
    url: string,
    body: string,
    net: Net,
    heard: (answer: Answered) => void = () => undefined,
    password = PASSWORD,
  ): void {
    this.#count += 1
    const name = `${who}.${this.#count}`
    for (const [attempt, wait] of [0, ...net.again].entries()) {
      const lost = attempt === 0 ? net.lost : ''
      const asked = request(method, url, body, who, password, `${name}.${attempt}`)
      if (lost !== '') this.#sim.count(`${lost} lost`)
      if (attempt > 0) this.#sim.count('request repeated')
      if (lost === 'request') continue
      this.#sim.clock.in(net.there + wait, () =>
        this.#arrive(asked, `${name}.${attempt}`, lost === 'answer' ? undefined : net.back, heard),
      )
    }
  }

  #arrive(asked: Asked, id: string, back: number | undefined, heard: (answer: Answered) => void): void {
    const life = this.#life()
    if (!life?.isAlive || !life.engine) return this.#sim.note(`${id} ${asked.url} finds nobody`)
    const excused = () => this.#sim.disk.refuses || !life.isAlive || life.engine?.get.system().status !== 'IN_SERVICE'
    const before = excused()
    const answering = life.ask(asked).then((answer) => {
      if (!answer) return this.#sim.note(`${id} ${asked.url} gets no answer`)
      this.#judge(asked, id, answer, before || excused())
      if (back === undefined) return
      this.#sim.clock.in(back, () => {
        this.#sim.note(`${id} ${asked.method} ${asked.url} ${answer.status} ${answer.body}`)
        heard(answer)
      })
    })
    this.#sim.clock.track(answering)
  }

  #judge({ method, url }: Asked, id: string, { status, body }: Answered, excused: boolean): void {
    const asked = `${method} ${url}`
    if (status === 202 && !this.#sim.disk.requests.has(id))
      this.#sim.findings.add('accepted-is-journalled', `${asked} (${id}) was answered 202`)
    if (status === 201) {
      const made: unknown = JSON.parse(body)
      const known =
        typeof made === 'object' && made !== null && 'id' in made && this.#sim.disk.made.has(String(made.id))
      if (!known) this.#sim.findings.add('accepted-is-journalled', `${asked} was answered 201 ${body}`)
    }
    if (status === 503 && this.#sim.disk.requests.has(id))
      this.#sim.findings.add('refusal-leaves-no-trace', `${asked} (${id})`)
    if (status === 500 || (status === 503 && !excused))
      this.#sim.findings.add('refusal-has-reason', `${asked} ${status} ${body}`)
  }
}
