/** Errors: their codes and sentences, who reports them, and the class below all of them. */
export { ERROR_CODES, type ErrorCode, errorText } from './codes.ts'
export { InvalidArgument, MrdianError } from './mrdian-error.ts'
export { type CodeOf, REPORTED_BY } from './reporters.ts'
