import type { FieldType } from '#engine/pod-hash/field-order.ts'

/**
 * How two lists are laid beside each other, as Kubernetes reads them: by the fields that name an item, as a set, or in their order.
 * `orderCounts`: matched by name, but a change of their order means something, too.
 */
export type ListRule =
  | { readonly by: 'keys'; readonly keys: readonly string[]; readonly orderCounts?: 'always' | 'references' }
  | { readonly by: 'set' }
  | { readonly by: 'order' }

const keyed = (...keys: readonly string[]): ListRule => ({ by: 'keys', keys })
const set: ListRule = { by: 'set' }
const order: ListRule = { by: 'order' }

/** By the type of the items; the merge keys of the API where it has some. */
const byType: Readonly<Record<string, ListRule>> = {
  Container: keyed('name'),
  EphemeralContainer: keyed('name'),
  /** `$(NAME)` sees only what stands before it. */
  EnvVar: { by: 'keys', keys: ['name'], orderCounts: 'references' },
  Volume: keyed('name'),
  VolumeMount: keyed('mountPath'),
  VolumeDevice: keyed('devicePath'),
  ContainerPort: keyed('containerPort', 'protocol'),
  LocalObjectReference: keyed('name'),
  HostAlias: keyed('ip'),
  PodReadinessGate: keyed('conditionType'),
  PodSchedulingGate: keyed('name'),
  PodResourceClaim: keyed('name'),
  ResourceClaim: keyed('name'),
  Sysctl: keyed('name'),
  TopologySpreadConstraint: keyed('topologyKey', 'whenUnsatisfiable'),
  ContainerResizePolicy: keyed('resourceName'),
  KeyToPath: keyed('path'),
  DownwardAPIVolumeFile: keyed('path'),
  PodDNSConfigOption: keyed('name'),
  HTTPHeader: keyed('name'),
  AnalysisTemplateRef: keyed('templateName'),
  AnalysisRunArgument: keyed('name'),
  DryRun: keyed('metricName'),
  MeasurementRetention: keyed('metricName'),
  RolloutExperimentTemplate: keyed('name'),
  RolloutExperimentStepAnalysisTemplateRef: keyed('name'),
  IstioVirtualService: keyed('name'),
  OwnerReference: keyed('uid'),
  Toleration: set,
  NodeSelectorTerm: set,
  NodeSelectorRequirement: set,
  LabelSelectorRequirement: set,
  PreferredSchedulingTerm: set,
  WeightedPodAffinityTerm: set,
  PodAffinityTerm: set,
}

/** By the name of the field, where the items are plain values or the field counts. */
const byField: Readonly<Record<string, ListRule>> = {
  /** They run one after the other. */
  initContainers: { by: 'keys', keys: ['name'], orderCounts: 'always' },
  add: set,
  drop: set,
  values: set,
  namespaces: set,
  accessModes: set,
  hostnames: set,
  matchLabelKeys: set,
  mismatchLabelKeys: set,
  supplementalGroups: set,
  finalizers: set,
  stableIngresses: set,
  ingresses: set,
  routes: set,
  additionalSubsetNames: set,
}

export const listRule = (field: string, of: FieldType | undefined): ListRule =>
  byField[field] ?? (of?.kind === 'struct' ? byType[of.name] : undefined) ?? order
