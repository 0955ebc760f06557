import type { LabelSelector, LabelSelectorRequirement } from '#api/meta.ts'
import { failure, type Outcome, success } from './outcome.ts'

export type Labels = Readonly<Record<string, string>> | undefined

/** An empty selector matches everything; an absent or invalid one matches nothing. `NotIn` matches when the key is absent. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false
  return requirements(selector).every((requirement) => matches(requirement, labels ?? {}))
}

/**
 * The selector as text (REC-66): `app=web,tier in (a,b),!legacy`, sorted by key. An empty or absent selector is `<none>`,
 * an invalid one `<error>`.
 */
export function formatSelector(selector: LabelSelector | undefined): string {
  const all = selector === undefined ? [] : requirements(selector)
  if (all.length === 0) return '<none>'
  if (!all.every(isValid)) return '<error>'
  return all
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(formatRequirement)
    .join(',')
}

/** Reads the text of a `labelSelector` query parameter. The error is a sentence about the part that cannot be read. */
export function parseSelector(text: string): Outcome<LabelSelector, string> {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: LabelSelectorRequirement[] = []
  for (const part of splitRequirements(text)) {
    const parsed = parseRequirement(part)
    if (parsed === undefined || !isValid(parsed)) return failure(`unable to parse requirement: ${part.trim()}`)
    const { key, operator, values } = parsed
    if (operator !== 'Equals') matchExpressions.push({ key, operator, ...(values.length > 0 && { values }) })
    else if (Object.hasOwn(matchLabels, key)) matchExpressions.push({ key, operator: 'In', values })
    else matchLabels[key] = values[0] ?? ''
  }
  return success({
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  })
}

interface Requirement {
  readonly key: string
  readonly operator: LabelSelectorRequirement['operator'] | 'Equals'
  readonly values: readonly string[]
}

function requirements(selector: LabelSelector): readonly Requirement[] {
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: 'Equals' as const,
      values: [value],
    })),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values }) => ({ key, operator, values: values ?? [] })),
  ]
}

function matches({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'Equals':
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return values.length > 0 && (value === undefined || !values.includes(value))
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'Equals':
      return `${key}=${values.join()}`
    case 'In':
      return `${key} in (${values.toSorted().join(',')})`
    case 'NotIn':
      return `${key} notin (${values.toSorted().join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
  }
}

/** A name of at most 63 characters, after an optional DNS prefix and `/`. */
const qualifiedName =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

export const isQualifiedName = (key: string): boolean => qualifiedName.test(key)

function isValid({ key, operator, values }: Requirement): boolean {
  if (!isQualifiedName(key) || !values.every((value) => labelValue.test(value))) return false
  switch (operator) {
    case 'Equals':
      return values.length === 1
    case 'In':
    case 'NotIn':
      return values.length > 0
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
    default:
      return false
  }
}

/** Commas inside parentheses do not separate requirements. */
const splitRequirements = (text: string): readonly string[] => (text.trim() === '' ? [] : text.split(/,(?![^(]*\))/))

function parseRequirement(part: string): Requirement | undefined {
  const text = part.trim()
  const equality = /^([^\s!=]+)\s*(==|=|!=)\s*(\S*)$/.exec(text)
  if (equality !== null) {
    const [, key = '', sign, value = ''] = equality
    return { key, operator: sign === '!=' ? 'NotIn' : 'Equals', values: [value] }
  }
  const membership = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text)
  if (membership !== null) {
    const [, key = '', word, list = ''] = membership
    const values = list.split(',').map((value) => value.trim())
    return { key, operator: word === 'in' ? 'In' : 'NotIn', values }
  }
  return text.startsWith('!')
    ? { key: text.slice(1).trim(), operator: 'DoesNotExist', values: [] }
    : { key: text, operator: 'Exists', values: [] }
}
