/** No chain of migrations leads from the machine version of the data to the current one. */
export class UnknownMachineVersion extends Error {
  constructor(aggregate: string, version: number, present: number) {
    const known = `this program has version ${present}`
    super(`${aggregate} was written by machine version ${version}; ${known} and no migration from that one`)
    this.name = 'UnknownMachineVersion'
  }
}
