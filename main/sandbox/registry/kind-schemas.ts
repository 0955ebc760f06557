import { type FieldTable, fieldTypes } from '#api/schema/field-table.ts'
import { podFieldTable } from '#api/schema/pod-field-table.ts'
import type { Schema } from '#api/schema/schema.ts'
import { type ServedKind, storageKey } from './kinds.ts'

/** What is known of the fields of a kind; `undefined` when anything goes. */
export const schemaOf = (kind: ServedKind): Schema | undefined =>
  kind.custom === undefined
    ? (builtInType(`${kind.version} ${storageKey(kind)}`) ?? builtInType(storageKey(kind)))
    : kind.custom.schema

/** The built-in kinds whose fields are known, by storage key (with the version, where versions differ), and the types they use beside those of pods and Jobs. */
const builtInTable: FieldTable = {
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
  'apps/statefulsets': 'spec:StatefulSetSpec status:any',
  'apps/daemonsets': 'spec:DaemonSetSpec status:any',
  'autoscaling/horizontalpodautoscalers': 'spec:AutoscalerSpec status:any',
  'v1 autoscaling/horizontalpodautoscalers': 'spec:CpuAutoscalerSpec status:any',
  'batch/cronjobs': 'spec:CronJobSpec status:any',
  'batch/jobs': 'spec:JobSpec status:any',
  'coordination.k8s.io/leases': 'spec:LeaseSpec',
  'networking.k8s.io/ingresses': 'spec:IngressSpec status:any',
  'networking.k8s.io/ingressclasses': 'spec:IngressClassSpec',
  'policy/poddisruptionbudgets': 'spec:DisruptionSpec status:any',
  'rbac.authorization.k8s.io/roles': 'rules:PolicyRule[]',
  'rbac.authorization.k8s.io/clusterroles': 'aggregationRule:any rules:PolicyRule[]',
  'rbac.authorization.k8s.io/rolebindings': 'roleRef:RoleRef subjects:Subject[]',
  'rbac.authorization.k8s.io/clusterrolebindings': 'roleRef:RoleRef subjects:Subject[]',
  NamespaceSpec: 'finalizers:text[]',
  ObjectReference: 'apiVersion fieldPath kind name namespace resourceVersion uid',
  LeaseSpec:
    'acquireTime:time holderIdentity leaseDurationSeconds:int leaseTransitions:int preferredHolder renewTime:time strategy',
  DeploymentSpec:
    'minReadySeconds:int paused:bool progressDeadlineSeconds:int replicas:int revisionHistoryLimit:int selector:Selector strategy:DeploymentStrategy template:PodTemplate',
  DeploymentStrategy: 'rollingUpdate:RollingUpdate type',
  RollingUpdate: 'maxSurge:intOrText maxUnavailable:intOrText',
  StatefulSetSpec: `
    minReadySeconds:int ordinals:any persistentVolumeClaimRetentionPolicy:any podManagementPolicy replicas:int
    revisionHistoryLimit:int selector:Selector serviceName template:PodTemplate updateStrategy:any
    volumeClaimTemplates:any[]`,
  DaemonSetSpec:
    'minReadySeconds:int revisionHistoryLimit:int selector:Selector template:PodTemplate updateStrategy:any',
  AutoscalerSpec: 'behavior:any maxReplicas:int metrics:any[] minReplicas:int scaleTargetRef:ScaleTarget',
  CpuAutoscalerSpec: 'maxReplicas:int minReplicas:int scaleTargetRef:ScaleTarget targetCPUUtilizationPercentage:int',
  ScaleTarget: 'apiVersion kind name',
  CronJobSpec: `
    concurrencyPolicy failedJobsHistoryLimit:int jobTemplate:JobTemplate schedule startingDeadlineSeconds:long
    successfulJobsHistoryLimit:int suspend:bool timeZone`,
  JobTemplate: 'metadata:any spec:JobSpec',
  IngressSpec: 'defaultBackend:IngressBackend ingressClassName rules:IngressRule[] tls:IngressTls[]',
  IngressRule: 'host http:IngressPaths',
  IngressPaths: 'paths:IngressPath[]',
  IngressPath: 'backend:IngressBackend path pathType',
  IngressBackend: 'resource:any service:IngressService',
  IngressService: 'name port:IngressPort',
  IngressPort: 'name number:int',
  IngressTls: 'hosts:text[] secretName',
  IngressClassSpec: 'controller parameters:any',
  DisruptionSpec: 'maxUnavailable:intOrText minAvailable:intOrText selector:Selector unhealthyPodEvictionPolicy',
  PolicyRule: 'apiGroups:text[] nonResourceURLs:text[] resourceNames:text[] resources:text[] verbs:text[]',
  RoleRef: 'apiGroup kind name',
  Subject: 'apiGroup kind name namespace',
  ReplicaSetSpec: 'minReadySeconds:int replicas:int selector:Selector template:PodTemplate',
  ServiceSpec:
    'allocateLoadBalancerNodePorts:bool clusterIP clusterIPs:text[] externalIPs:text[] externalName externalTrafficPolicy healthCheckNodePort:int internalTrafficPolicy ipFamilies:text[] ipFamilyPolicy loadBalancerClass loadBalancerIP loadBalancerSourceRanges:text[] ports:ServicePort[] publishNotReadyAddresses:bool selector:atomicMap sessionAffinity sessionAffinityConfig:any trafficDistribution type',
  ServicePort: 'appProtocol name nodePort:int port:int protocol targetPort:intOrText',
  /** Any metadata, as upstream. */
  PodTemplate: 'metadata:any spec:PodSpec',
}

const builtInType = fieldTypes({ ...podFieldTable, ...builtInTable }, 'builtIn')
