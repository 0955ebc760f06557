import type { Status } from '#api/meta.ts'
import { type Resource, rbacName } from '#api/resources.ts'
import { failure, type Outcome } from '#lib/outcome.ts'

/** Failures of the API server, spelled as upstream spells them. */

export interface FieldError {
  readonly field: string
  readonly reason:
    | 'FieldValueDuplicate'
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueTypeInvalid'
  /** With the upstream prefix: `Invalid value: -1: must be …`. */
  readonly message: string
}

type Details = NonNullable<Status['details']>

export const status = (code: number, reason: string, message: string, details?: Details): Status => ({
  apiVersion: 'v1',
  kind: 'Status',
  status: 'Failure',
  message,
  ...(reason !== '' && { reason }),
  ...(details !== undefined && { details }),
  code,
})

const about = (resource: Resource, name: string): Details => ({
  ...(name !== '' && { name }),
  ...(resource.group !== '' && { group: resource.group }),
  kind: resource.plural,
})

export const notFound = (resource: Resource, name: string): Status =>
  status(404, 'NotFound', `${rbacName(resource)} "${name}" not found`, about(resource, name))

/** Nothing is served at this path. */
export const noSuchPath = (): Status => status(404, 'NotFound', 'the server could not find the requested resource', {})

/** What a real cluster has and pods that are made up cannot have. */
export const notSimulated = (what: string): Status =>
  status(501, 'NotImplemented', `pods of the sandbox are made up: there is no ${what}`)

export const alreadyExists = (resource: Resource, name: string): Status =>
  status(409, 'AlreadyExists', `${rbacName(resource)} "${name}" already exists`, about(resource, name))

export const conflict = (resource: Resource, name: string, why: string): Status =>
  status(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${rbacName(resource)} "${name}": ${why}`,
    about(resource, name),
  )

export const modifiedMeanwhile =
  'the object has been modified; please apply your changes to the latest version and try again'

export const resourceVersionTooLarge = (wanted: string, current: number): Status =>
  status(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

export const badRequest = (message: string): Status => status(400, 'BadRequest', message)

export const misnamed = (name: string, nameInPath: string): Status =>
  badRequest(`the name of the object (${name}) does not match the name on the URL (${nameInPath})`)

export function invalid(resource: Resource, name: string, errors: readonly FieldError[]): Status {
  const subject = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`
  const texts = errors.map(({ field, message }) => `${field}: ${message}`)
  const joined = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return status(422, 'Invalid', `${subject} ${JSON.stringify(name)} is invalid: ${joined}`, {
    ...(name !== '' && { name }),
    ...(resource.group !== '' && { group: resource.group }),
    kind: resource.kind,
    causes: errors,
  })
}

export const forbidden = (resource: Resource, name: string, why: string, causes?: Details['causes']): Status =>
  status(
    403,
    'Forbidden',
    `${rbacName(resource)}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden: ${why}`,
    {
      ...about(resource, name),
      ...(causes !== undefined && { causes }),
    },
  )

export const unauthorized = (): Status => status(401, 'Unauthorized', 'Unauthorized')

export const misdirected = (): Status => status(421, 'BadRequest', 'the sandbox answers only to names of this machine')

export const expired = (message: string): Status => status(410, 'Expired', message)

export const methodNotAllowed = (): Status =>
  status(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export const unsupportedType = (accepted: readonly string[]): Status =>
  status(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const unreadableVersion = (version: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`

export const refuse = (answer: Status): Outcome<never, Status> => failure(answer)

export const invalidValue = (field: string, value: unknown, why: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${show(value)}: ${why}`,
})

export const requiredValue = (field: string, why = ''): FieldError => ({
  field,
  reason: 'FieldValueRequired',
  message: `Required value${why === '' ? '' : `: ${why}`}`,
})

export const duplicateValue = (field: string, shown: string): FieldError => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown}`,
})

export const notSupported = (field: string, value: unknown, supported: readonly unknown[]): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`,
})

export const forbiddenValue = (field: string, why: string): FieldError => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
})

/** Objects are shown by their type, as for custom resources upstream; long texts are not repeated whole. */
function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '"array"' : '"object"'
  return JSON.stringify(value) ?? 'null'
}
