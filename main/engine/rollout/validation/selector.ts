import type { LabelSelector, LabelSelectorRequirement } from '#api/meta.ts'
import { forbidden, invalid, required, type SpecError } from './spec-error.ts'

/** API-97: what is wrong with the conditions of a selector, in the words of Kubernetes. */
export function selectorError(selector: LabelSelector, path: string): SpecError | undefined {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const error = nameError(key, `${path}.matchLabels`) ?? valueError(value, `${path}.matchLabels`)
    if (error !== undefined) return error
  }
  for (const [i, requirement] of (selector.matchExpressions ?? []).entries()) {
    const error = requirementError(requirement, `${path}.matchExpressions[${i}]`)
    if (error !== undefined) return error
  }
  return undefined
}

function requirementError(
  { key, operator, values = [] }: LabelSelectorRequirement,
  path: string,
): SpecError | undefined {
  const needsValues = operator === 'In' || operator === 'NotIn'
  if (needsValues && values.length === 0)
    return required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
  if (!needsValues && operator !== 'Exists' && operator !== 'DoesNotExist')
    return invalid(`${path}.operator`, operator, 'not a valid selector operator')
  if (!needsValues && values.length > 0)
    return forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
  const misnamed = nameError(key, `${path}.key`)
  if (misnamed !== undefined) return misnamed
  const index = values.findIndex((value) => valueError(value, '') !== undefined)
  return index < 0 ? undefined : valueError(values[index] ?? '', `${path}.values[${index}]`)
}

const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const lengthMax = 63

/** What is wrong with the name of a label. */
export function nameError(key: string, path: string): SpecError | undefined {
  const name = key.slice(key.indexOf('/') + 1)
  if (name === '') return invalid(path, key, 'name part must be non-empty')
  if (name.length > lengthMax) return invalid(path, key, `name part must be no more than ${lengthMax} bytes`)
  return namePart.test(name)
    ? undefined
    : invalid(
        path,
        key,
        `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      )
}

/** What is wrong with the value of a label. */
export function valueError(value: string, path: string): SpecError | undefined {
  if (value.length > lengthMax) return invalid(path, value, `must be no more than ${lengthMax} bytes`)
  return value === '' || namePart.test(value)
    ? undefined
    : invalid(
        path,
        value,
        `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      )
}
