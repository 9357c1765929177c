/** Counters of an engine. A reset starts a new loop, which goes on with the same counters. */
export type LoopFigures = ReturnType<typeof noFigures>

export const noFigures = () => ({
  inputs: 0,
  failedInputs: 0,
  commits: 0,
  failedCommits: 0,
  notifications: 0,
  snapshots: 0,
  repeatedCommands: 0,
})
