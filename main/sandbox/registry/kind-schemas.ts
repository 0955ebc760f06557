import { type ServedKind, storageKey } from './kinds.ts'
import type { Schema } from './structural-schema.ts'

/** What is known of the fields of a kind; `undefined` when anything goes. */
export const schemaOf = (kind: ServedKind): Schema | undefined =>
  kind.custom === undefined ? builtInSchema(storageKey(kind)) : kind.custom.schema

/**
 * Fields of the built-in kinds: `name` is a text, `name:int` says otherwise, `[]` makes a list. `any` is an object whose
 * inside is not checked, `map` has texts as values, a capital letter begins a type of this table.
 */
const types: Readonly<Record<string, string>> = {
  '/configmaps': 'binaryData:map data:map immutable:bool',
  '/secrets': 'data:map immutable:bool stringData:map type',
  '/namespaces': 'spec:NamespaceSpec status:any',
  '/pods': 'spec:PodSpec status:any',
  '/podtemplates': 'template:PodTemplate',
  '/services': 'spec:ServiceSpec status:any',
  '/events':
    'action count:int eventTime:time firstTimestamp:time involvedObject:ObjectReference lastTimestamp:time message reason related:any reportingComponent reportingInstance series:any source:any type',
  'apps/deployments': 'spec:DeploymentSpec status:any',
  'apps/replicasets': 'spec:ReplicaSetSpec status:any',
  'batch/jobs': 'spec:JobSpec status:any',
  'coordination.k8s.io/leases': 'spec:LeaseSpec',
  NamespaceSpec: 'finalizers:text[]',
  ObjectReference: 'apiVersion fieldPath kind name namespace resourceVersion uid',
  LeaseSpec:
    'acquireTime:time holderIdentity leaseDurationSeconds:int leaseTransitions:int preferredHolder renewTime:time strategy',
  DeploymentSpec:
    'minReadySeconds:int paused:bool progressDeadlineSeconds:int replicas:int revisionHistoryLimit:int selector:Selector strategy:DeploymentStrategy template:PodTemplate',
  DeploymentStrategy: 'rollingUpdate:RollingUpdate type',
  RollingUpdate: 'maxSurge:intOrText maxUnavailable:intOrText',
  ReplicaSetSpec: 'minReadySeconds:int replicas:int selector:Selector template:PodTemplate',
  JobSpec:
    'activeDeadlineSeconds:int backoffLimit:int backoffLimitPerIndex:int completionMode completions:int managedBy manualSelector:bool maxFailedIndexes:int parallelism:int podFailurePolicy:any podReplacementPolicy selector:Selector successPolicy:any suspend:bool template:PodTemplate ttlSecondsAfterFinished:int',
  Selector: 'matchExpressions:Requirement[] matchLabels:map',
  Requirement: 'key operator values:text[]',
  ServiceSpec:
    'allocateLoadBalancerNodePorts:bool clusterIP clusterIPs:text[] externalIPs:text[] externalName externalTrafficPolicy healthCheckNodePort:int internalTrafficPolicy ipFamilies:text[] ipFamilyPolicy loadBalancerClass loadBalancerIP loadBalancerSourceRanges:text[] ports:ServicePort[] publishNotReadyAddresses:bool selector:map sessionAffinity sessionAffinityConfig:any trafficDistribution type',
  ServicePort: 'appProtocol name nodePort:int port:int protocol targetPort:intOrText',
  PodTemplate: 'metadata:any spec:PodSpec',
  PodSpec:
    'activeDeadlineSeconds:int affinity:any automountServiceAccountToken:bool containers:Container[] dnsConfig:any dnsPolicy enableServiceLinks:bool ephemeralContainers:Container[] hostAliases:any[] hostIPC:bool hostNetwork:bool hostPID:bool hostUsers:bool hostname hostnameOverride imagePullSecrets:any[] initContainers:Container[] nodeName nodeSelector:map os:any overhead:any preemptionPolicy priority:int priorityClassName readinessGates:any[] resourceClaims:any[] resources:Resources restartPolicy runtimeClassName schedulerName schedulingGates:any[] securityContext:any serviceAccount serviceAccountName setHostnameAsFQDN:bool shareProcessNamespace:bool subdomain terminationGracePeriodSeconds:int tolerations:any[] topologySpreadConstraints:any[] volumes:any[]',
  Container:
    'args:text[] command:text[] env:EnvironmentVariable[] envFrom:any[] image imagePullPolicy lifecycle:any livenessProbe:Probe name ports:ContainerPort[] readinessProbe:Probe resizePolicy:any[] resources:Resources restartPolicy restartPolicyRules:any[] securityContext:any startupProbe:Probe stdin:bool stdinOnce:bool targetContainerName terminationMessagePath terminationMessagePolicy tty:bool volumeDevices:any[] volumeMounts:any[] workingDir',
  ContainerPort: 'containerPort:int hostIP hostPort:int name protocol',
  EnvironmentVariable: 'name value valueFrom:any',
  Probe:
    'exec:any failureThreshold:int grpc:any httpGet:any initialDelaySeconds:int periodSeconds:int successThreshold:int tcpSocket:any terminationGracePeriodSeconds:int timeoutSeconds:int',
  Resources: 'claims:any[] limits:any requests:any',
}

const scalars: Readonly<Record<string, Schema>> = {
  text: { type: 'string', nullable: true },
  time: { type: 'string', format: 'date-time', nullable: true },
  int: { type: 'integer', nullable: true },
  bool: { type: 'boolean', nullable: true },
  intOrText: { 'x-kubernetes-int-or-string': true, nullable: true },
  map: { type: 'object', additionalProperties: { type: 'string' }, nullable: true },
  any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, nullable: true },
}

const built = new Map<string, Schema>()

function builtInSchema(name: string): Schema | undefined {
  const fields = types[name]
  if (fields === undefined) return undefined
  const known = built.get(name)
  if (known !== undefined) return known
  const properties = Object.fromEntries(fields.split(' ').map((field) => parseField(field)))
  const schema: Schema = { type: 'object', properties, nullable: true }
  built.set(name, schema)
  return schema
}

function parseField(field: string): readonly [string, Schema] {
  const [name = '', type = 'text'] = field.split(':')
  const one = type.replace('[]', '')
  const schema = scalars[one] ?? builtInSchema(one) ?? {}
  return [name, one === type ? schema : { type: 'array', items: schema, nullable: true }]
}
