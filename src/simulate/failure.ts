import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'

/** A simulation cannot continue: an input failed, the journal cannot be kept, or the engine does not answer. */
export class SimulationFailed extends MrdianError {
  override readonly name = 'SimulationFailed'
  readonly code: CodeOf<'SimulationFailed'> = 'SIMULATION_FAILED'
}
