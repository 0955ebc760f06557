import { Buffer } from 'node:buffer'
import type { KubeObject } from '#api/meta.ts'
import { type Fields, fieldsOf, isFields, mapField, mapItems, objectOf, withDefaults } from './fields.ts'
import { type ServedKind, storageKey } from './kinds.ts'
import { defaultPod, defaultPodTemplate } from './pod-defaults.ts'
import { defaultValue } from './structural-schema.ts'

/** What the server chooses for an object: `ordinal` counts its creations, for addresses. */
export interface Allocation {
  readonly uid: string
  readonly ordinal: number
}

/** The object with every default the API server writes into it, on create and on update alike. */
export function defaultObject(kind: ServedKind, object: KubeObject, allocation: Allocation): KubeObject {
  const { custom } = kind
  if (custom !== undefined)
    return custom.schema === undefined ? object : (defaultValue(object, custom.schema) as KubeObject)
  const change = builtInDefaults[storageKey(kind)]
  return change === undefined ? object : objectOf(change(fieldsOf(object), allocation))
}

/** The status of a new object of a kind with a status of its own; nodes report theirs with the first request. */
export function initialStatus(kind: ServedKind, object: KubeObject): unknown {
  switch (storageKey(kind)) {
    case '/pods':
      return { phase: 'Pending', qosClass: qosClass(fieldsOf(object)) }
    case '/namespaces':
      return { phase: 'Active' }
    case '/services':
    case 'networking.k8s.io/ingresses':
      return { loadBalancer: {} }
    case 'apps/replicasets':
      return { replicas: 0 }
    case '/nodes':
      return fieldsOf(object)['status'] ?? {}
    default:
      return kind.custom === undefined ? {} : undefined
  }
}

const spec = (change: (spec: Fields, allocation: Allocation) => Fields) => (object: Fields, allocation: Allocation) =>
  mapField(object, 'spec', (each) => change(each, allocation))

const builtInDefaults: Readonly<Record<string, (object: Fields, allocation: Allocation) => Fields>> = {
  '/pods': spec(defaultPod),
  '/podtemplates': (object) => mapField(object, 'template', defaultPodTemplate),
  '/services': spec(defaultService),
  '/namespaces': (object) => ({
    ...mapField(object, 'metadata', (metadata) => ({
      ...metadata,
      labels: { ...(metadata['labels'] as Fields), 'kubernetes.io/metadata.name': metadata['name'] },
    })),
    spec: object['spec'] ?? { finalizers: ['kubernetes'] },
  }),
  '/secrets': defaultSecret,
  'apps/replicasets': spec((each) => mapField(withDefaults(each, { replicas: 1 }), 'template', defaultPodTemplate)),
  'apps/deployments': spec(defaultDeployment),
  'apps/statefulsets': spec((each) =>
    mapField(
      withDefaults(each, {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        revisionHistoryLimit: 10,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      }),
      'template',
      defaultPodTemplate,
    ),
  ),
  'apps/daemonsets': spec((each) => mapField(each, 'template', defaultPodTemplate)),
  'autoscaling/horizontalpodautoscalers': spec((each) => withDefaults(each, { minReplicas: 1 })),
  'batch/cronjobs': spec((each) =>
    withDefaults(each, {
      concurrencyPolicy: 'Allow',
      failedJobsHistoryLimit: 1,
      successfulJobsHistoryLimit: 3,
      suspend: false,
    }),
  ),
  'batch/jobs': (object, { uid }) => mapField(object, 'spec', (each) => defaultJob(each, object, uid)),
}

function defaultDeployment(each: Fields): Fields {
  const withStrategy = withDefaults(each, {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: {},
  })
  const rolling = mapField(withStrategy, 'strategy', (strategy) => {
    const typed = withDefaults(strategy, { type: 'RollingUpdate' })
    if (typed['type'] !== 'RollingUpdate') return typed
    const limits = isFields(typed['rollingUpdate']) ? typed['rollingUpdate'] : {}
    return { ...typed, rollingUpdate: withDefaults(limits, { maxSurge: '25%', maxUnavailable: '25%' }) }
  })
  return mapField(rolling, 'template', defaultPodTemplate)
}

function defaultService(each: Fields, { ordinal }: Allocation): Fields {
  const type = each['type'] ?? 'ClusterIP'
  const common = withDefaults(each, { type, sessionAffinity: 'None' })
  const ports = mapItems(common, 'ports', (port) => withDefaults(port, { protocol: 'TCP', targetPort: port['port'] }))
  if (type === 'ExternalName') return ports
  const clusterIP = each['clusterIP'] ?? `10.96.${Math.floor(ordinal / 250) % 250}.${(ordinal % 250) + 2}`
  return withDefaults(ports, {
    clusterIP,
    clusterIPs: [clusterIP],
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  })
}

function defaultJob(each: Fields, job: Fields, uid: string): Fields {
  const metadata = isFields(job['metadata']) ? job['metadata'] : {}
  const counts =
    each['completions'] === undefined && each['parallelism'] === undefined
      ? { completions: 1, parallelism: 1 }
      : { parallelism: 1 }
  const base = withDefaults(each, {
    ...counts,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    suspend: false,
  })
  if (base['manualSelector'] === true) return mapField(base, 'template', defaultPodTemplate)
  const owned = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': metadata['name'] }
  const labelled = mapField(base, 'template', (template) => {
    const meta = isFields(template['metadata']) ? template['metadata'] : {}
    return { ...template, metadata: { ...meta, labels: { ...(meta['labels'] as Fields), ...owned } } }
  })
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
  return mapField(withDefaults(labelled, { selector }), 'template', defaultPodTemplate)
}

function defaultSecret(object: Fields): Fields {
  const { stringData, ...secret } = withDefaults(object, { type: 'Opaque' })
  if (!isFields(stringData)) return secret
  const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')])
  return { ...secret, data: { ...(secret['data'] as Fields), ...Object.fromEntries(encoded) } }
}

function qosClass(pod: Fields): string {
  const containers = isFields(pod['spec']) && Array.isArray(pod['spec']['containers']) ? pod['spec']['containers'] : []
  const resources = containers.map((each) => (isFields(each) && isFields(each['resources']) ? each['resources'] : {}))
  if (resources.every(({ limits, requests }) => !isFields(limits) && !isFields(requests))) return 'BestEffort'
  const guaranteed = resources.every(
    ({ limits, requests }) =>
      isFields(limits) &&
      isFields(requests) &&
      ['cpu', 'memory'].every((name) => limits[name] !== undefined && limits[name] === requests[name]),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
