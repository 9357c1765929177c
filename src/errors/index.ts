/** Errors: codes, sentences, where each code occurs, and the base class. */
export { ERROR_CODES, type ErrorCode, errorText } from './codes.ts'
export { InvalidArgument, MrdianError } from './mrdian-error.ts'
export { type CodeOf, REPORTED_BY } from './reporters.ts'
