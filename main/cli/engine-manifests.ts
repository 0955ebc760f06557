import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import {
  drivingRights,
  leaseRights,
  type OptionalRights,
  optionalRights,
  type PolicyRule,
  policyRules,
} from '#main/controller/engine-rights.ts'
import { engineAppName } from '#main/controller/ownership.ts'

export interface EngineInstall {
  readonly image: string
  /** Where it runs, and where its lease is. */
  readonly namespace: string
  readonly createNamespace: boolean
  /** It drives the Rollouts of that namespace alone, and has no right anywhere else (OPS-52). */
  readonly namespaced: boolean
  readonly instanceID: string | undefined
  readonly replicas: number
  readonly with: readonly OptionalRights[]
  readonly cpu: string
  readonly memory: string
  readonly memoryMax: string
}

/** An object with what its kind has beside metadata. */
export type Manifest = KubeObject & Readonly<Record<string, unknown>>

const port = 8090
const rbacGroup = 'rbac.authorization.k8s.io'
const rbacVersion = `${rbacGroup}/v1`

/** What `kubectl apply` needs for `argosy engine` to run in a cluster, in the order in which it is applied. */
export function engineManifests(install: EngineInstall): readonly Manifest[] {
  const { namespace, instanceID, namespaced } = install
  const name = instanceID === undefined ? engineAppName : `${engineAppName}-${instanceID}`
  const labels = { 'app.kubernetes.io/name': engineAppName, 'app.kubernetes.io/instance': name }
  const metadata = { name, namespace, labels }
  const lease = leaseRights(instanceID)
  const rights = [...drivingRights, ...install.with.flatMap((each) => optionalRights[each])]
  // A Role cannot grant what is in no namespace, and an engine of one namespace does without (OPS-52).
  const inNamespace = rights.filter(({ resource }) => resource.namespaced)
  // Names without a namespace are shared with all other installs.
  const wide = { name: `${namespace}-${name}`, labels }
  return [
    ...(install.createNamespace ? [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }] : []),
    // Its token is mounted where it is needed, and in no other pod that may use the account.
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    ...(namespaced ? [] : granting('ClusterRole', wide, policyRules(rights), metadata)),
    ...granting('Role', metadata, policyRules(namespaced ? [...inNamespace, ...lease] : lease), metadata),
    {
      apiVersion: apiVersionOf(resources.deployments),
      kind: 'Deployment',
      metadata,
      spec: deployment(install, metadata),
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, name: `${name}-metrics` },
      spec: { selector: labels, ports: [{ name: 'metrics', port, targetPort: 'metrics' }] },
    },
  ]
}

type Metadata = KubeObject['metadata']

function granting(
  kind: 'Role' | 'ClusterRole',
  metadata: Metadata,
  rules: readonly PolicyRule[],
  account: Metadata,
): readonly Manifest[] {
  return [
    { apiVersion: rbacVersion, kind, metadata, rules },
    {
      apiVersion: rbacVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: rbacGroup, kind, name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
    },
  ]
}

function deployment(install: EngineInstall, { name, labels }: Metadata) {
  const { replicas, image, cpu, memory, memoryMax } = install
  const probe = (path: string, more: object) => ({ httpGet: { path, port: 'metrics' }, ...more })
  const container = {
    name: 'engine',
    image,
    args: argsOf(install),
    ports: [{ name: 'metrics', containerPort: port }],
    livenessProbe: probe('/healthz', { initialDelaySeconds: 10, periodSeconds: 20, failureThreshold: 3 }),
    readinessProbe: probe('/readyz', { periodSeconds: 10 }),
    resources: { requests: { cpu, memory }, limits: { memory: memoryMax } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  }
  return {
    replicas,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: true,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [container],
      },
    },
  }
}

function argsOf({ namespace, namespaced, instanceID, with: asked }: EngineInstall): readonly string[] {
  return [
    'engine',
    `--lease-namespace=${namespace}`,
    ...(namespaced ? [`--namespace=${namespace}`] : []),
    ...(instanceID === undefined ? [] : [`--instance-id=${instanceID}`]),
    ...(asked.includes('aws-verify') ? ['--aws-verify-target-group'] : []),
    `--listen=:${port}`,
  ]
}
