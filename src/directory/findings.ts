/** Problems that the checks of a directory file find, and what all these checks share. */
import type { Path } from './locate.ts'

/** A problem and its place. */
export interface Finding {
  readonly path: Path
  readonly message: string
}

export type Report = (path: Path, message: string) => void

/** Values that may occur only once. It remembers the first owner of each, and reports all later ones. */
export class Unique {
  readonly #owners = new Map<string, string>()
  readonly #report: Report

  constructor(report: Report) {
    this.#report = report
  }

  reserve(value: string, owner: string): void {
    if (!this.#owners.has(value)) this.#owners.set(value, owner)
  }

  claim(value: string, owner: string, path: Path, what: string): void {
    const first = this.#owners.get(value)
    if (first === undefined) this.#owners.set(value, owner)
    else this.#report(path, `${what} is already used by ${first}`)
  }
}

export function checkEachOnce(values: readonly string[], path: Path, report: Report): void {
  const seen = new Set<string>()
  values.forEach((value, at) => {
    if (seen.has(value)) report([...path, at], `${quote(value)} is listed twice`)
    seen.add(value)
  })
}

export function quote(value: string): string {
  return JSON.stringify(value)
}
