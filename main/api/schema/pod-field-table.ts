import type { FieldTable } from './field-table.ts'

/**
 * What a pod and a Job may say, as the core and batch APIs name and type it. The defaults are the only ones that a custom
 * kind with a pod template fills in (API-7). Volumes, and the resources of containers, are anybody's (API-6).
 */
export const podFieldTable: FieldTable = {
  Selector: '@atomic matchExpressions:Requirement[] matchLabels:map',
  Requirement: 'key! operator! values:text[]',
  PodTemplate: 'metadata:TemplateMetadata spec:PodSpec',
  TemplateMetadata: 'annotations:map labels:map',
  PodSpec: `
    activeDeadlineSeconds:long affinity:Affinity automountServiceAccountToken:bool containers!:Container[name]
    dnsConfig:DnsConfig dnsPolicy enableServiceLinks:bool ephemeralContainers:EphemeralContainer[name]
    hostAliases:HostAlias[ip] hostIPC:bool hostNetwork:bool hostPID:bool hostUsers:bool hostname hostnameOverride
    imagePullSecrets:LocalReference[name] initContainers:Container[name] nodeName nodeSelector:atomicMap os:Named
    overhead:quantities preemptionPolicy priority:int priorityClassName readinessGates:ReadinessGate[]
    resourceClaims:PodResourceClaim[name] resources:PodResources restartPolicy runtimeClassName schedulerName
    schedulingGates:Named[name] securityContext:PodSecurityContext serviceAccount serviceAccountName
    setHostnameAsFQDN:bool shareProcessNamespace:bool subdomain terminationGracePeriodSeconds:long
    tolerations:Toleration[] topologySpreadConstraints:TopologySpreadConstraint[topologyKey,whenUnsatisfiable]
    volumes:anything`,
  Container: `
    args:text[] command:text[] env:EnvironmentVariable[name] envFrom:EnvironmentSource[] image imagePullPolicy
    lifecycle:Lifecycle livenessProbe:Probe name! ports:ContainerPort[containerPort,protocol] readinessProbe:Probe
    resizePolicy:ResizePolicy[] resources:Resources restartPolicy restartPolicyRules:RestartRule[]
    securityContext:SecurityContext startupProbe:Probe stdin:bool stdinOnce:bool terminationMessagePath
    terminationMessagePolicy tty:bool volumeDevices:VolumeDevice[devicePath] volumeMounts:VolumeMount[mountPath]
    workingDir`,
  EphemeralContainer: `
    args:text[] command:text[] env:EnvironmentVariable[name] envFrom:EnvironmentSource[] image imagePullPolicy
    lifecycle:Lifecycle livenessProbe:Probe name! ports:ContainerPort[containerPort,protocol] readinessProbe:Probe
    resizePolicy:ResizePolicy[] resources:Resources restartPolicy restartPolicyRules:RestartRule[]
    securityContext:SecurityContext startupProbe:Probe stdin:bool stdinOnce:bool targetContainerName
    terminationMessagePath terminationMessagePolicy tty:bool volumeDevices:VolumeDevice[devicePath]
    volumeMounts:VolumeMount[mountPath] workingDir`,
  Affinity: 'nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity',
  NodeAffinity: `
    preferredDuringSchedulingIgnoredDuringExecution:PreferredNodes[]
    requiredDuringSchedulingIgnoredDuringExecution:NodeSelector`,
  PreferredNodes: 'preference!:NodeSelectorTerm weight!:int',
  NodeSelector: '@atomic nodeSelectorTerms!:NodeSelectorTerm[]',
  NodeSelectorTerm: '@atomic matchExpressions:Requirement[] matchFields:Requirement[]',
  PodAffinity: `
    preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm[]
    requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm[]`,
  WeightedPodAffinityTerm: 'podAffinityTerm!:PodAffinityTerm weight!:int',
  PodAffinityTerm: `
    labelSelector:Selector matchLabelKeys:text[] mismatchLabelKeys:text[] namespaceSelector:Selector
    namespaces:text[] topologyKey!`,
  DnsConfig: 'nameservers:text[] options:DnsOption[] searches:text[]',
  DnsOption: 'name value',
  EnvironmentVariable: 'name! value valueFrom:EnvironmentValueSource',
  EnvironmentValueSource: `
    configMapKeyRef:KeySelector fieldRef:FieldReference fileKeyRef:FileKeySelector
    resourceFieldRef:ResourceFieldReference secretKeyRef:KeySelector`,
  KeySelector: '@atomic key! name:text= optional:bool',
  FieldReference: '@atomic apiVersion fieldPath!',
  FileKeySelector: '@atomic key! optional:bool=false path! volumeName!',
  ResourceFieldReference: '@atomic containerName divisor:quantity resource!',
  EnvironmentSource: 'configMapRef:EnvironmentSourceReference prefix secretRef:EnvironmentSourceReference',
  EnvironmentSourceReference: '@atomic name:text= optional:bool',
  HostAlias: 'hostnames:text[] ip!',
  LocalReference: '@atomic name:text=',
  Named: 'name!',
  Lifecycle: 'postStart:LifecycleHandler preStop:LifecycleHandler stopSignal',
  LifecycleHandler: 'exec:ExecAction httpGet:HttpGetAction sleep:SleepAction tcpSocket:TcpSocketAction',
  ExecAction: 'command:text[]',
  HttpGetAction: 'host httpHeaders:NameAndValue[] path port!:intOrText scheme',
  NameAndValue: 'name! value!',
  SleepAction: 'seconds!:long',
  TcpSocketAction: 'host port!:intOrText',
  Probe: `
    exec:ExecAction failureThreshold:int grpc:GrpcAction httpGet:HttpGetAction initialDelaySeconds:int periodSeconds:int
    successThreshold:int tcpSocket:TcpSocketAction terminationGracePeriodSeconds:long timeoutSeconds:int`,
  GrpcAction: 'port!:int service:text=',
  ContainerPort: 'containerPort!:int hostIP hostPort:int name protocol:text=TCP',
  ResizePolicy: 'resourceName! restartPolicy!',
  Resources: 'claims:ResourceClaim[name] limits:anything requests:anything',
  ResourceClaim: 'name! request',
  RestartRule: 'action! exitCodes:ExitCodes',
  ExitCodes: 'operator! values:int[set]',
  SecurityContext: `
    allowPrivilegeEscalation:bool appArmorProfile:SecurityProfile capabilities:Capabilities privileged:bool procMount
    readOnlyRootFilesystem:bool runAsGroup:long runAsNonRoot:bool runAsUser:long seLinuxOptions:SeLinuxOptions
    seccompProfile:SecurityProfile windowsOptions:WindowsOptions`,
  SecurityProfile: 'localhostProfile type!',
  Capabilities: 'add:text[] drop:text[]',
  SeLinuxOptions: 'level role type user',
  WindowsOptions: 'gmsaCredentialSpec gmsaCredentialSpecName hostProcess:bool runAsUserName',
  VolumeDevice: 'devicePath! name!',
  VolumeMount: 'mountPath! mountPropagation name! readOnly:bool recursiveReadOnly subPath subPathExpr',
  ReadinessGate: 'conditionType!',
  PodResourceClaim: 'name! resourceClaimName resourceClaimTemplateName',
  PodResources: 'claims:ResourceClaim[name] limits:quantities requests:quantities',
  PodSecurityContext: `
    appArmorProfile:SecurityProfile fsGroup:long fsGroupChangePolicy runAsGroup:long runAsNonRoot:bool runAsUser:long
    seLinuxChangePolicy seLinuxOptions:SeLinuxOptions seccompProfile:SecurityProfile supplementalGroups:long[]
    supplementalGroupsPolicy sysctls:NameAndValue[] windowsOptions:WindowsOptions`,
  Toleration: 'effect key operator tolerationSeconds:long value',
  TopologySpreadConstraint: `
    labelSelector:Selector matchLabelKeys:text[] maxSkew!:int minDomains:int nodeAffinityPolicy nodeTaintsPolicy
    topologyKey! whenUnsatisfiable!`,
  JobSpec: `
    activeDeadlineSeconds:long backoffLimit:int backoffLimitPerIndex:int completionMode completions:int managedBy
    manualSelector:bool maxFailedIndexes:int parallelism:int podFailurePolicy:PodFailurePolicy podReplacementPolicy
    selector:Selector successPolicy:SuccessPolicy suspend:bool template!:PodTemplate ttlSecondsAfterFinished:int`,
  PodFailurePolicy: 'rules!:PodFailureRule[]',
  PodFailureRule: 'action! onExitCodes:PodFailureExitCodes onPodConditions:PodFailureCondition[]',
  PodFailureExitCodes: 'containerName operator! values!:int[set]',
  PodFailureCondition: 'status! type!',
  SuccessPolicy: 'rules!:SuccessRule[]',
  SuccessRule: 'succeededCount:int succeededIndexes',
}
