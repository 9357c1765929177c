/**
 * The first module of every entry: says which Node is needed, before anything is evaluated that an older one lacks. What is
 * imported beside it has to link on an older Node: hence `store/sqlite/module.ts`.
 */
import { nodeProblem } from './node-problem.ts'

const problem = nodeProblem()
if (problem !== undefined) {
  const error = new Error(problem)
  // The sentence is all that there is to say.
  error.stack = problem
  throw error
}
