import type { KubeObject } from '#api/meta.ts'
import { type Fields, fieldAt, isFields, textOf } from './fields.ts'
import { type FieldError, invalidValue, notSupported, requiredValue } from './status.ts'

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

/** What a router could get wrong in an Ingress: its paths and where they lead. */
export function validateIngress(ingress: KubeObject): readonly FieldError[] {
  const rules = listAt(ingress, 'rules')
  const byDefault = fieldAt(ingress, ['spec', 'defaultBackend'])
  if (rules.length === 0 && byDefault === undefined)
    return [invalidValue('spec', [], 'either `defaultBackend` or `rules` must be specified')]
  return [
    ...(byDefault === undefined ? [] : validateBackend(byDefault, 'spec.defaultBackend')),
    ...rules.flatMap((rule, index) => validateRule(rule, `spec.rules[${index}]`)),
  ]
}

const listAt = (ingress: KubeObject, field: string): readonly unknown[] => {
  const list = fieldAt(ingress, ['spec', field])
  return Array.isArray(list) ? list : []
}

function validateRule(rule: unknown, at: string): readonly FieldError[] {
  const http = fieldAt(rule, ['http'])
  if (http === undefined) return []
  const paths = fieldAt(http, ['paths'])
  if (!Array.isArray(paths) || paths.length === 0) return [requiredValue(`${at}.http.paths`)]
  return paths.flatMap((path, index) => validatePath(isFields(path) ? path : {}, `${at}.http.paths[${index}]`))
}

function validatePath({ path, pathType, backend }: Fields, at: string): readonly FieldError[] {
  return [...validateType(textOf(path), textOf(pathType), at), ...validateBackend(backend, `${at}.backend`)]
}

function validateType(path: string, pathType: string, at: string): readonly FieldError[] {
  if (pathType === '') return [requiredValue(`${at}.pathType`, 'pathType must be specified')]
  if (!pathTypes.includes(pathType)) return [notSupported(`${at}.pathType`, pathType, pathTypes)]
  const mayBeAny = pathType === 'ImplementationSpecific' && path === ''
  return path.startsWith('/') || mayBeAny ? [] : [invalidValue(`${at}.path`, path, 'must be an absolute path')]
}

function validateBackend(backend: unknown, at: string): readonly FieldError[] {
  if (fieldAt(backend, ['resource']) !== undefined) return []
  const service = fieldAt(backend, ['service'])
  if (!isFields(service)) return [requiredValue(at, 'port name or number is required')]
  const { name, number } = isFields(service['port']) ? service['port'] : {}
  const named = textOf(name) !== ''
  const numbered = typeof number === 'number' && number !== 0
  return [
    ...(textOf(service['name']) === '' ? [requiredValue(`${at}.service.name`)] : []),
    ...(named && numbered ? [invalidValue(at, '', 'cannot set both port name & port number')] : []),
    ...(!named && !numbered ? [requiredValue(at, 'port name or number is required')] : []),
  ]
}
