import type { DiffGroup } from '#contract/diff-views.ts'

/** A member, or an item of the list before it. */
export interface Part {
  readonly name: string
  readonly isItem: boolean
}

/** Types that are told as one, whatever changed inside. */
export const told: ReadonlySet<string> = new Set(['EnvVar', 'CanaryStep', 'Toleration'])
/** Types that are told as one when they come or go. */
export const units: ReadonlySet<string> = new Set([
  ...told,
  'Container',
  'EphemeralContainer',
  'Volume',
  'VolumeMount',
  'VolumeDevice',
  'ContainerPort',
  'Probe',
  'Lifecycle',
  'RolloutAnalysis',
  'RolloutAnalysisBackground',
  'AnalysisTemplateRef',
  'Affinity',
  'NodeAffinity',
  'PodAffinity',
  'PodAntiAffinity',
  'EnvFromSource',
  'TopologySpreadConstraint',
])

export const pathText = (path: readonly Part[]): string =>
  path.reduce((text, { name, isItem }) => (isItem ? `${text}[${name}]` : text === '' ? name : `${text}.${name}`), '')

const kinds: Readonly<Record<string, string>> = { requests: 'request', limits: 'limit' }
const ofContainer: Readonly<Record<string, DiffGroup>> = {
  image: 'image',
  command: 'command',
  args: 'command',
  workingDir: 'command',
  env: 'environment',
  envFrom: 'environment',
  resources: 'resources',
  resizePolicy: 'resources',
  livenessProbe: 'probes',
  readinessProbe: 'probes',
  startupProbe: 'probes',
  volumeMounts: 'volumes',
  volumeDevices: 'volumes',
  ports: 'ports',
  securityContext: 'security',
}
const ofPod: Readonly<Record<string, DiffGroup>> = {
  volumes: 'volumes',
  resources: 'resources',
  overhead: 'resources',
  securityContext: 'security',
  serviceAccountName: 'security',
  serviceAccount: 'security',
  automountServiceAccountToken: 'security',
  hostNetwork: 'security',
  hostPID: 'security',
  hostIPC: 'security',
  hostUsers: 'security',
  imagePullSecrets: 'security',
  affinity: 'scheduling',
  nodeSelector: 'scheduling',
  nodeName: 'scheduling',
  tolerations: 'scheduling',
  topologySpreadConstraints: 'scheduling',
  priorityClassName: 'scheduling',
  schedulerName: 'scheduling',
}
const ofStrategy: Readonly<Record<string, DiffGroup>> = {
  analysis: 'analysis',
  prePromotionAnalysis: 'analysis',
  postPromotionAnalysis: 'analysis',
  trafficRouting: 'traffic',
  canaryService: 'traffic',
  stableService: 'traffic',
  activeService: 'traffic',
  previewService: 'traffic',
  pingPong: 'traffic',
}

interface Placed {
  readonly group: DiffGroup
  readonly label: string
}

/** Where a change belongs, and as what it is told there. */
export function placeOf(path: readonly Part[], several: boolean): Placed {
  const [first, second, third] = path.map(({ name }) => name)
  if (first === 'metadata') return metadataPlace(path)
  if (first !== 'spec') return { group: 'config', label: pathText(path) }
  if (second === 'template' && third === 'spec') return podPlace(path.slice(3), several)
  if (second === 'template') return metadataPlace(path.slice(1))
  if (second === 'replicas') return { group: 'replicas', label: 'replicas' }
  if (second === 'strategy')
    return {
      group: ofStrategy[path[3]?.name ?? ''] ?? 'strategy',
      label: pathText(path.slice(path.length > 3 ? 3 : 2)),
    }
  return { group: second === 'analysis' ? 'analysis' : 'other', label: pathText(path.slice(1)) }
}

const metadataPlace = (path: readonly Part[]): Placed => {
  const isLabel = path.some(({ name }) => name === 'labels' || name === 'annotations')
  return { group: isLabel ? 'labels' : 'other', label: pathText(path) }
}

function podPlace(path: readonly Part[], several: boolean): Placed {
  const [first, second, third] = path
  const name = second?.name ?? ''
  const isContainer = first !== undefined && /^(?:init|ephemeral)?[cC]ontainers$/.test(first.name)
  if (!isContainer) return { group: ofPod[first?.name ?? ''] ?? 'other', label: pathText(path) }
  if (second === undefined || !second.isItem) return { group: 'containers', label: pathText(path) }
  if (third === undefined) return { group: 'containers', label: `container ${name}` }
  return insideContainer(name, path.slice(2), several)
}

function insideContainer(name: string, path: readonly Part[], several: boolean): Placed {
  const field = path[0]?.name ?? ''
  const group = ofContainer[field] ?? 'other'
  if (group === 'image') return { group, label: name }
  const label = path.length === 1 && group === 'probes' ? field.replace('Probe', '') : containerLabel(group, path)
  return { group, label: `${several ? `${name} ` : ''}${label}` }
}

function containerLabel(group: DiffGroup, path: readonly Part[]): string {
  const [first, second, third] = path
  if (second === undefined) return pathText(path)
  if (group === 'command') return first?.name ?? ''
  if (group === 'probes') return `${first?.name.replace('Probe', '')} ${pathText(path.slice(1))}`
  if (group === 'resources') return amountLabel(second, third) ?? pathText(path)
  return first?.name === 'env' ? pathText(path.slice(1)).replace(/^\[(.*)\]$/, '$1') : pathText(path)
}

/** `cpu request`. */
const amountLabel = (bound: Part, amount: Part | undefined): string | undefined =>
  kinds[bound.name] === undefined || amount === undefined ? undefined : `${amount.name} ${kinds[bound.name]}`

/** As short as it can be said. */
export const labelOf = (path: readonly Part[], several: boolean): string => placeOf(path, several).label
