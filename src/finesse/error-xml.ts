/** Renders the errors of the table `errors.ts` as XML: `ApiErrors` in answers, `apiErrors` in notifications. */
import type { Platform } from '../directory/model.ts'
import type { FailureValue } from '../engine/values.ts'
import { type FailureForm, failureFamily, failureForm, REST_ERRORS, type Refused } from './errors.ts'
import { leaf, parent } from './xml.ts'

// Ids from paths are repeated in the error, up to this number of characters.
const MAX_ABOUT = 256

/** Status and body of a synchronous error (`user 1.7`). */
export function renderRestError(refused: Refused): { readonly status: number; readonly body: string } {
  const form = REST_ERRORS[refused.key]
  const about = refused.about.slice(0, MAX_ABOUT)
  const data = form.data === null ? '' : leaf('ErrorData', form.data === 'about' ? about : form.data)
  const message = typeof form.message === 'string' ? form.message : form.message(about)
  const error = parent('ApiError', data, leaf('ErrorMessage', message), leaf('ErrorType', form.type))
  return { status: form.status, body: parent('ApiErrors', error) }
}

// In recordings the peripheral elements surround the others, not in alphabetical order (`notifications 8.5`).
function peripheralError(form: FailureForm, data: string, message: string, type: string): string {
  const { peripheral } = form
  if (peripheral === undefined) return parent('apiError', data, message, type)
  return parent(
    'apiError',
    leaf('peripheralErrorCode', peripheral.code),
    type,
    message,
    leaf('peripheralErrorText', peripheral.text),
    leaf('peripheralErrorMsg', peripheral.message),
    data,
  )
}

/** The `apiErrors` element of a failure notification (`user 1.9`, `media 11.4`, `notifications 8.4`). */
export function renderFailure(value: FailureValue, platform: Platform): string {
  const form = failureForm(value.failure, platform)
  const data = leaf('errorData', form.data)
  const type = leaf('errorType', form.type)
  const message = leaf(
    'errorMessage',
    typeof form.message === 'string' ? form.message : form.message((value.detail ?? '').slice(0, MAX_ABOUT)),
  )
  if (failureFamily(value.failure) !== 'media') return parent('apiErrors', peripheralError(form, data, message, type))
  return parent('apiErrors', parent('apiError', data, leaf('errorMedia', value.mrd ?? ''), message, type))
}
