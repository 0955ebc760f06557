import type { Container, PodTemplateSpec } from '#api/core.ts'
import type { DiffSummaryLine } from '#contract/views.ts'
import {
  containersOf,
  differsByNature,
  fieldOf,
  isRecord,
  isSetByCluster,
  type Leaves,
  leavesOf,
} from './template-leaves.ts'

type Group = DiffSummaryLine['group']
type Changes = readonly Omit<DiffSummaryLine, 'group'>[]

const order: readonly Group[] = ['image', 'environment', 'resources', 'probes', 'other']
const probes = { readinessProbe: 'readiness', livenessProbe: 'liveness', startupProbe: 'startup' } as const
const kinds: Readonly<Record<string, string>> = { requests: 'request', limits: 'limit' }

/** What changes in meaning, grouped (UI-DIFF-1). What a cluster sets by itself is no change (UI-DIFF-4). */
export function summarise(left: PodTemplateSpec, right: PodTemplateSpec): readonly DiffSummaryLine[] {
  const [before, after] = [containersOf(left), containersOf(right)]
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const lines = names.flatMap((name) =>
    compareContainers(name, before.get(name), after.get(name), before.size > 1 || after.size > 1),
  )
  lines.push(...grouped('other', changesBetween(leavesOf(aroundContainers(left)), leavesOf(aroundContainers(right)))))
  return lines.toSorted((a, b) => order.indexOf(a.group) - order.indexOf(b.group))
}

const grouped = (group: Group, changes: Changes): DiffSummaryLine[] => changes.map((change) => ({ group, ...change }))

function aroundContainers({ spec, ...rest }: PodTemplateSpec): unknown {
  const { containers: _containers, initContainers: _initContainers, ...around } = spec ?? { containers: [] }
  return Object.keys(around).length === 0 ? rest : { ...rest, spec: around }
}

function compareContainers(
  name: string,
  left: Container | undefined,
  right: Container | undefined,
  named: boolean,
): readonly DiffSummaryLine[] {
  if (left === undefined || right === undefined) {
    const whole = { path: `container ${name}`, before: left?.image, after: right?.image }
    return [{ group: 'other', op: left === undefined ? '+' : '-', ...whole }]
  }
  const prefix = named ? `${name} ` : ''
  const compare = (group: Group, leaves: (container: Container) => Leaves) =>
    grouped(group, changesBetween(leaves(left), leaves(right))).map((line) => ({ ...line, path: prefix + line.path }))
  return [
    ...imageChange(name, left.image ?? '', right.image ?? ''),
    ...compare('environment', environmentOf),
    ...compare('resources', resourcesOf),
    ...compare('probes', probesOf).filter(isNotPartOfWhole),
    ...compare('other', restOf),
  ]
}

/** A probe that came or went is one line; `set` is said of it only then. */
const isNotPartOfWhole = (line: DiffSummaryLine, _index: number, lines: readonly DiffSummaryLine[]): boolean =>
  !lines.some((whole) => whole.op !== '~' && line.path.startsWith(`${whole.path} `))

/** Only tags where the repository stays the same. */
function imageChange(path: string, before: string, after: string): readonly DiffSummaryLine[] {
  if (before === after) return []
  const [from, to] = [splitImage(before), splitImage(after)]
  const short = from.repository === to.repository && from.version !== '' && to.version !== ''
  const texts = short ? { before: from.version, after: to.version } : { before, after }
  return [{ group: 'image', op: '~', path, ...texts }]
}

/** `version`: tag and digest as written, empty when there is neither. */
export function splitImage(image: string): { readonly repository: string; readonly version: string } {
  const nameStart = image.lastIndexOf('/', image.includes('@') ? image.indexOf('@') : undefined) + 1
  const end = image.slice(nameStart).search(/[:@]/)
  if (end < 0) return { repository: image, version: '' }
  return { repository: image.slice(0, nameStart + end), version: image.slice(nameStart + end + 1) }
}

function environmentOf({ env }: Container): Leaves {
  const variables = Array.isArray(env) ? env.filter(isRecord) : []
  return new Map(variables.map((each) => [String(each['name']), valueOf(each)]))
}

/** `valueFrom` in words: `secretKeyRef db.password`. */
function valueOf({ value, valueFrom }: Readonly<Record<string, unknown>>): string {
  if (!isRecord(valueFrom)) return typeof value === 'string' ? value : ''
  return Object.entries(valueFrom)
    .map(([source, reference]) => `${source} ${isRecord(reference) ? referenceText(reference) : ''}`.trim())
    .join(', ')
}

const referenceText = ({ apiVersion: _defaulted, ...reference }: Readonly<Record<string, unknown>>): string =>
  Object.values(reference)
    .filter((each) => typeof each === 'string')
    .join('.')

function resourcesOf({ resources }: Container): Leaves {
  if (!isRecord(resources)) return new Map()
  return new Map(
    [...leavesOf(resources)]
      .filter(([path]) => path !== '')
      .map(([path, value]) => {
        const dot = path.indexOf('.')
        const kind = kinds[path.slice(0, dot)]
        return [kind === undefined ? path : `${path.slice(dot + 1)} ${kind}`, value]
      }),
  )
}

function probesOf(container: Container): Leaves {
  const leaves = new Map<string, string>()
  for (const [field, name] of Object.entries(probes)) {
    if (!isRecord(container[field])) continue
    leaves.set(name, 'set')
    for (const [path, value] of leavesOf(container[field])) leaves.set(`${name} ${path}`, value)
  }
  return leaves
}

const shownElsewhere: readonly string[] = ['name', 'image', 'env', 'resources', ...Object.keys(probes)]

const restOf = (container: Container): Leaves =>
  leavesOf(Object.fromEntries(Object.entries(container).filter(([field]) => !shownElsewhere.includes(field))))

function changesBetween(left: Leaves, right: Leaves): Changes {
  const paths = [...new Set([...left.keys(), ...right.keys()])]
  return paths.flatMap((path) => {
    const [before, after] = [left.get(path), right.get(path)]
    if (before === after || differsByNature(fieldOf(path)) || isDefaultAgainstNothing(path, before, after)) return []
    return [{ op: before === undefined ? '+' : after === undefined ? '-' : '~', path, before, after } as const]
  })
}

function isDefaultAgainstNothing(path: string, before: string | undefined, after: string | undefined): boolean {
  const only = before === undefined ? after : after === undefined ? before : undefined
  return only !== undefined && isSetByCluster(fieldOf(path).replace(/^.* /, ''), only)
}
