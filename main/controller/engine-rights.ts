import { leaseName } from '#api/keys.ts'
import { type Resource, rbacName, resources } from '#api/resources.ts'
import { gatewayApiRecord, type RouteKind } from '#api/route-kinds.ts'
import { servedGroups } from '#main/cluster/served-kinds.ts'
import { configMapName, secretName } from './notification-settings.ts'

export type RightVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

/** What the engine asks an API server for: every request is covered by one of these, and each of them by a request. */
export interface EngineRight {
  readonly resource: Resource
  readonly subresource?: string
  readonly verbs: readonly RightVerb[]
  /** Only objects of these names. */
  readonly names?: readonly string[]
  /** What for, in the words of a reader. */
  readonly use: string
}

const read: readonly RightVerb[] = ['list', 'watch']
const children: readonly RightVerb[] = ['get', ...read, 'create', 'patch', 'delete']

/** In the namespace of the lease alone (OPS-96, OPS-145). No rule can name what does not exist yet, so `create` stands by itself. */
export const leaseRights = (instanceID: string | undefined): readonly EngineRight[] => [
  { resource: resources.leases, verbs: ['create'], use: 'take the lease the first time' },
  {
    resource: resources.leases,
    verbs: ['get', 'watch', 'update'],
    names: [instanceID === undefined ? leaseName : `${leaseName}-${instanceID}`],
    use: 'take, renew and hand back the lease, and see at once when it is free',
  },
  { resource: resources.configMaps, verbs: read, names: [configMapName], use: 'who is notified of what' },
  {
    resource: resources.secrets,
    verbs: read,
    names: [secretName],
    use: 'credentials of notifications, where there are any',
  },
]

/** Canary, blue-green, analyses, Experiments, restarts and `workloadRef`, wherever Rollouts are driven (OPS-90…95, OPS-98…100). */
export const drivingRights: readonly EngineRight[] = [
  { resource: resources.rollouts, verbs: [...read, 'patch'], use: 'rollouts' },
  { resource: resources.rollouts, subresource: 'status', verbs: ['patch'], use: 'their status' },
  {
    resource: resources.rollouts,
    subresource: 'finalizers',
    verbs: ['update'],
    use: 'own what was made for a rollout, where the API server asks for that right (OwnerReferencesPermissionEnforcement)',
  },
  { resource: resources.replicaSets, verbs: children, use: 'revisions, and templates lent by a ReplicaSet' },
  { resource: resources.pods, verbs: [...read, 'patch'], use: 'pods; their metadata of a role (REC-106)' },
  { resource: resources.pods, subresource: 'eviction', verbs: ['create'], use: 'restarts' },
  { resource: resources.services, verbs: children, use: 'selectors; Services of Experiments' },
  { resource: resources.events, verbs: ['create', 'patch'], use: 'events' },
  { resource: resources.analysisRuns, verbs: children, use: 'analyses' },
  { resource: resources.analysisTemplates, verbs: read, use: 'what they are made of' },
  { resource: resources.clusterAnalysisTemplates, verbs: read, use: 'what they are made of' },
  { resource: resources.experiments, verbs: children, use: 'Experiments' },
  {
    resource: resources.experiments,
    subresource: 'finalizers',
    verbs: ['update'],
    use: 'own what was made for an Experiment, as above',
  },
  {
    resource: resources.deployments,
    verbs: [...read, 'update'],
    use: 'other controllers; templates lent by a Deployment, and scaling it down',
  },
  { resource: resources.podTemplates, verbs: ['get'], use: 'templates lent by a PodTemplate' },
]

const routes = (kinds: readonly RouteKind[], verbs: readonly RightVerb[], use: string): readonly EngineRight[] =>
  kinds.flatMap(servedGroups).map((resource) => ({ resource, verbs, use }))

const changed: readonly RightVerb[] = [...read, 'patch']

/** What only some clusters need, by the word it is asked for with. */
export const optionalRights = {
  istio: routes(['virtualServices', 'destinationRules'], changed, 'weights by Istio'),
  'istio-primary': [
    { resource: resources.secrets, verbs: ['list'], use: 'the Secret that names a primary cluster of Istio (OPS-24)' },
  ],
  'gateway-api': [
    ...routes(['httpRoutes', 'grpcRoutes', 'tcpRoutes', 'tlsRoutes'], changed, 'weights by the Gateway API'),
    {
      resource: resources.configMaps,
      verbs: read,
      names: [gatewayApiRecord],
      use: 'what old versions of the plugin recorded (GW-20)',
    },
  ],
  nginx: routes(['ingresses'], [...changed, 'create'], 'weights by NGINX Ingresses'),
  alb: routes(['ingresses'], changed, 'weights by the AWS Load Balancer Controller'),
  'aws-verify': routes(['targetGroupBindings', 'endpoints'], read, 'whether AWS has what was written'),
  smi: routes(['trafficSplits'], [...changed, 'create'], 'weights by SMI'),
  ambassador: routes(['mappings'], [...changed, 'create', 'delete'], 'weights by Ambassador'),
  'app-mesh': [
    ...routes(['meshVirtualServices'], read, 'weights by App Mesh'),
    ...routes(['meshVirtualRouters', 'meshVirtualNodes'], changed, 'weights by App Mesh'),
  ],
  traefik: routes(['traefikServices'], changed, 'weights by Traefik'),
  apisix: routes(['apisixRoutes'], [...changed, 'create', 'delete'], 'weights by APISIX; its header routes'),
  jobs: [
    {
      resource: resources.jobs,
      verbs: ['get', ...read, 'create', 'delete'],
      use: 'metrics that are measured by Jobs (OPS-102)',
    },
    {
      resource: resources.analysisRuns,
      subresource: 'finalizers',
      verbs: ['update'],
      use: 'own those Jobs, as above',
    },
  ],
  secrets: [{ resource: resources.secrets, verbs: ['get'], use: 'credentials of metrics (OPS-97)' }],
  'metrics-via': [
    {
      resource: resources.services,
      subresource: 'proxy',
      verbs: ['get', 'create', 'update'],
      use: 'metrics of Services that argosy.dev/metrics-via names (PRV-1501)',
    },
    {
      resource: resources.pods,
      subresource: 'portforward',
      verbs: ['get', 'create'],
      use: 'the same, with credentials of their own',
    },
  ],
} as const satisfies Readonly<Record<string, readonly EngineRight[]>>

export type OptionalRights = keyof typeof optionalRights

export const optionalNames = Object.keys(optionalRights) as readonly OptionalRights[]

/** `rollouts.argoproj.io/status`, as `kubectl auth can-i` has it. */
export const rightName = ({ resource, subresource }: EngineRight): string =>
  `${rbacName(resource)}${subresource === undefined ? '' : `/${subresource}`}`

export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** RBAC's spelling, each right once: what is asked for twice is merged. */
export function policyRules(rights: readonly EngineRight[]): readonly PolicyRule[] {
  const merged = new Map<string, EngineRight>()
  for (const right of rights) {
    const key = `${rightName(right)} ${right.names?.join() ?? ''}`
    // Two words may ask for the same kind; leases are listed twice on purpose.
    const verbs = new Set([...(merged.get(key)?.verbs ?? []), ...right.verbs])
    merged.set(key, { ...right, verbs: [...verbs] })
  }
  return [...merged.values()].map(({ resource, subresource, names, verbs }) => ({
    apiGroups: [resource.group],
    resources: [subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`],
    ...(names !== undefined && { resourceNames: names }),
    verbs,
  }))
}
