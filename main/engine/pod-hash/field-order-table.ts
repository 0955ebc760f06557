/**
 * Field order of every type reachable from PodTemplateSpec and CanaryStep, as the Kubernetes 0.34 libraries and the
 * v1alpha1 Rollout types declare it. The pod template hash depends on each of these lines (REC-42). The notation is
 * explained in field-order.ts.
 */
export const podFieldTable = {
  AWSElasticBlockStoreVolumeSource: `volumeID fsType? partition?:int readOnly?:bool`,
  Affinity: `nodeAffinity*?:NodeAffinity podAffinity*?:PodAffinity podAntiAffinity*?:PodAntiAffinity`,
  AnalysisRunArgument: `name value? valueFrom*?:ArgumentValueFrom`,
  AnalysisRunMetadata: `labels?:{string} annotations?:{string}`,
  AnalysisTemplateRef: `templateName clusterScope*?:bool`,
  AppArmorProfile: `type localhostProfile*?`,
  ArgumentValueFrom: `podTemplateHashValue*? fieldRef*?:FieldRef`,
  AzureDiskVolumeSource: `diskName diskURI cachingMode*? fsType*? readOnly*?:bool kind*?`,
  AzureFileVolumeSource: `secretName shareName readOnly?:bool`,
  CSIVolumeSource: `driver readOnly*?:bool fsType*? volumeAttributes?:{string} nodePublishSecretRef*?:LocalObjectReference`,
  CanaryStep: `
    setWeight*?:int pause*?:RolloutPause experiment*?:RolloutExperimentStep analysis*?:RolloutAnalysis
    setCanaryScale*?:SetCanaryScale setHeaderRoute*?:SetHeaderRoute setMirrorRoute*?:SetMirrorRoute
    plugin*?:PluginStep`,
  Capabilities: `add?:[string] drop?:[string]`,
  CephFSVolumeSource: `monitors:[string] path? user? secretFile? secretRef*?:LocalObjectReference readOnly?:bool`,
  CinderVolumeSource: `volumeID fsType? readOnly?:bool secretRef*?:LocalObjectReference`,
  ClusterTrustBundleProjection: `name*? signerName*? labelSelector*?:LabelSelector optional*?:bool path`,
  ConfigMapEnvSource: `name? optional*?:bool`,
  ConfigMapKeySelector: `name? key optional*?:bool`,
  ConfigMapProjection: `name? items?:[KeyToPath] optional*?:bool`,
  ConfigMapVolumeSource: `name? items?:[KeyToPath] defaultMode*?:int optional*?:bool`,
  Container: `
    name image? command?:[string] args?:[string] workingDir? ports?:[ContainerPort] envFrom?:[EnvFromSource]
    env?:[EnvVar] resources?:ResourceRequirements resizePolicy?:[ContainerResizePolicy] restartPolicy*?
    restartPolicyRules?:[ContainerRestartRule] volumeMounts?:[VolumeMount] volumeDevices?:[VolumeDevice]
    livenessProbe*?:Probe readinessProbe*?:Probe startupProbe*?:Probe lifecycle*?:Lifecycle
    terminationMessagePath? terminationMessagePolicy? imagePullPolicy? securityContext*?:SecurityContext
    stdin?:bool stdinOnce?:bool tty?:bool`,
  ContainerPort: `name? hostPort?:int containerPort:int protocol? hostIP?`,
  ContainerResizePolicy: `resourceName restartPolicy`,
  ContainerRestartRule: `action? exitCodes*?:ContainerRestartRuleOnExitCodes`,
  ContainerRestartRuleOnExitCodes: `operator? values?:[int]`,
  DownwardAPIProjection: `items?:[DownwardAPIVolumeFile]`,
  DownwardAPIVolumeFile: `path fieldRef*?:ObjectFieldSelector resourceFieldRef*?:ResourceFieldSelector mode*?:int`,
  DownwardAPIVolumeSource: `items?:[DownwardAPIVolumeFile] defaultMode*?:int`,
  DryRun: `metricName`,
  EmptyDirVolumeSource: `medium? sizeLimit*?:quantity`,
  EnvFromSource: `prefix? configMapRef*?:ConfigMapEnvSource secretRef*?:SecretEnvSource`,
  EnvVar: `name value? valueFrom*?:EnvVarSource`,
  EnvVarSource: `
    fieldRef*?:ObjectFieldSelector resourceFieldRef*?:ResourceFieldSelector
    configMapKeyRef*?:ConfigMapKeySelector secretKeyRef*?:SecretKeySelector fileKeyRef*?:FileKeySelector`,
  EphemeralContainer: `
    name image? command?:[string] args?:[string] workingDir? ports?:[ContainerPort] envFrom?:[EnvFromSource]
    env?:[EnvVar] resources?:ResourceRequirements resizePolicy?:[ContainerResizePolicy] restartPolicy*?
    restartPolicyRules?:[ContainerRestartRule] volumeMounts?:[VolumeMount] volumeDevices?:[VolumeDevice]
    livenessProbe*?:Probe readinessProbe*?:Probe startupProbe*?:Probe lifecycle*?:Lifecycle
    terminationMessagePath? terminationMessagePolicy? imagePullPolicy? securityContext*?:SecurityContext
    stdin?:bool stdinOnce?:bool tty?:bool targetContainerName?`,
  EphemeralVolumeSource: `volumeClaimTemplate*?:PersistentVolumeClaimTemplate`,
  ExecAction: `command?:[string]`,
  FCVolumeSource: `targetWWNs?:[string] lun*?:int fsType? readOnly?:bool wwids?:[string]`,
  FieldRef: `fieldPath`,
  FileKeySelector: `volumeName path key optional*?:bool`,
  FlexVolumeSource: `driver fsType? secretRef*?:LocalObjectReference readOnly?:bool options?:{string}`,
  FlockerVolumeSource: `datasetName? datasetUUID?`,
  GCEPersistentDiskVolumeSource: `pdName fsType? partition?:int readOnly?:bool`,
  GRPCAction: `port:int service*`,
  GitRepoVolumeSource: `repository revision? directory?`,
  GlusterfsVolumeSource: `endpoints path readOnly?:bool`,
  HTTPGetAction: `path? port:intOrString host? scheme? httpHeaders?:[HTTPHeader]`,
  HTTPHeader: `name value`,
  HeaderRoutingMatch: `headerName headerValue*:StringMatch`,
  HostAlias: `ip hostnames?:[string]`,
  HostPathVolumeSource: `path type*?`,
  ISCSIVolumeSource: `
    targetPortal iqn lun:int iscsiInterface? fsType? readOnly?:bool portals?:[string] chapAuthDiscovery?:bool
    chapAuthSession?:bool secretRef*?:LocalObjectReference initiatorName*?`,
  ImageVolumeSource: `reference? pullPolicy?`,
  KeyToPath: `key path mode*?:int`,
  LabelSelector: `matchLabels?:{string} matchExpressions?:[LabelSelectorRequirement]`,
  LabelSelectorRequirement: `key operator values?:[string]`,
  Lifecycle: `postStart*?:LifecycleHandler preStop*?:LifecycleHandler stopSignal*?`,
  LifecycleHandler: `exec*?:ExecAction httpGet*?:HTTPGetAction tcpSocket*?:TCPSocketAction sleep*?:SleepAction`,
  LocalObjectReference: `name?`,
  ManagedFieldsEntry: `manager? operation? apiVersion? time*?:time fieldsType? fieldsV1*?:raw subresource?`,
  MeasurementRetention: `metricName limit:int`,
  NFSVolumeSource: `server path readOnly?:bool`,
  NodeAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution*?:NodeSelector
    preferredDuringSchedulingIgnoredDuringExecution?:[PreferredSchedulingTerm]`,
  NodeSelector: `nodeSelectorTerms:[NodeSelectorTerm]`,
  NodeSelectorRequirement: `key operator values?:[string]`,
  NodeSelectorTerm: `matchExpressions?:[NodeSelectorRequirement] matchFields?:[NodeSelectorRequirement]`,
  ObjectFieldSelector: `apiVersion? fieldPath`,
  ObjectMeta: `
    name? generateName? namespace? selfLink? uid? resourceVersion? generation?:int creationTimestamp?:time
    deletionTimestamp*?:time deletionGracePeriodSeconds*?:int labels?:{string} annotations?:{string}
    ownerReferences?:[OwnerReference] finalizers?:[string] managedFields?:[ManagedFieldsEntry]`,
  OwnerReference: `apiVersion kind name uid controller*?:bool blockOwnerDeletion*?:bool`,
  PersistentVolumeClaimSpec: `
    accessModes?:[string] selector*?:LabelSelector resources?:VolumeResourceRequirements volumeName?
    storageClassName*? volumeMode*? dataSource*?:TypedLocalObjectReference dataSourceRef*?:TypedObjectReference
    volumeAttributesClassName*?`,
  PersistentVolumeClaimTemplate: `metadata?:ObjectMeta spec:PersistentVolumeClaimSpec`,
  PersistentVolumeClaimVolumeSource: `claimName readOnly?:bool`,
  PhotonPersistentDiskVolumeSource: `pdID fsType?`,
  PluginStep: `name config?:raw`,
  PodAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution?:[PodAffinityTerm]
    preferredDuringSchedulingIgnoredDuringExecution?:[WeightedPodAffinityTerm]`,
  PodAffinityTerm: `
    labelSelector*?:LabelSelector namespaces?:[string] topologyKey namespaceSelector*?:LabelSelector
    matchLabelKeys?:[string] mismatchLabelKeys?:[string]`,
  PodAntiAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution?:[PodAffinityTerm]
    preferredDuringSchedulingIgnoredDuringExecution?:[WeightedPodAffinityTerm]`,
  PodCertificateProjection: `signerName? keyType? maxExpirationSeconds*?:int credentialBundlePath? keyPath? certificateChainPath?`,
  PodDNSConfig: `nameservers?:[string] searches?:[string] options?:[PodDNSConfigOption]`,
  PodDNSConfigOption: `name? value*?`,
  PodOS: `name`,
  PodReadinessGate: `conditionType`,
  PodResourceClaim: `name resourceClaimName*? resourceClaimTemplateName*?`,
  PodSchedulingGate: `name`,
  PodSecurityContext: `
    seLinuxOptions*?:SELinuxOptions windowsOptions*?:WindowsSecurityContextOptions runAsUser*?:int
    runAsGroup*?:int runAsNonRoot*?:bool supplementalGroups?:[int] supplementalGroupsPolicy*? fsGroup*?:int
    sysctls?:[Sysctl] fsGroupChangePolicy*? seccompProfile*?:SeccompProfile appArmorProfile*?:AppArmorProfile
    seLinuxChangePolicy*?`,
  PodSpec: `
    volumes?:[Volume] initContainers?:[Container] containers:[Container]
    ephemeralContainers?:[EphemeralContainer] restartPolicy? terminationGracePeriodSeconds*?:int
    activeDeadlineSeconds*?:int dnsPolicy? nodeSelector?:{string} serviceAccountName? serviceAccount?
    automountServiceAccountToken*?:bool nodeName? hostNetwork?:bool hostPID?:bool hostIPC?:bool
    shareProcessNamespace*?:bool securityContext*?:PodSecurityContext imagePullSecrets?:[LocalObjectReference]
    hostname? subdomain? affinity*?:Affinity schedulerName? tolerations?:[Toleration] hostAliases?:[HostAlias]
    priorityClassName? priority*?:int dnsConfig*?:PodDNSConfig readinessGates?:[PodReadinessGate]
    runtimeClassName*? enableServiceLinks*?:bool preemptionPolicy*? overhead?:{quantity}
    topologySpreadConstraints?:[TopologySpreadConstraint] setHostnameAsFQDN*?:bool os*?:PodOS hostUsers*?:bool
    schedulingGates?:[PodSchedulingGate] resourceClaims?:[PodResourceClaim] resources*?:ResourceRequirements
    hostnameOverride*?`,
  PodTemplateMetadata: `labels?:{string} annotations?:{string}`,
  PodTemplateSpec: `metadata?:ObjectMeta spec?:PodSpec`,
  PortworxVolumeSource: `volumeID fsType? readOnly?:bool`,
  PreferredSchedulingTerm: `weight:int preference:NodeSelectorTerm`,
  Probe: `
    exec*?:ExecAction httpGet*?:HTTPGetAction tcpSocket*?:TCPSocketAction grpc*?:GRPCAction
    initialDelaySeconds?:int timeoutSeconds?:int periodSeconds?:int successThreshold?:int failureThreshold?:int
    terminationGracePeriodSeconds*?:int`,
  ProjectedVolumeSource: `sources:[VolumeProjection] defaultMode*?:int`,
  QuobyteVolumeSource: `registry volume readOnly?:bool user? group? tenant?`,
  RBDVolumeSource: `monitors:[string] image fsType? pool? user? keyring? secretRef*?:LocalObjectReference readOnly?:bool`,
  ResourceClaim: `name request?`,
  ResourceFieldSelector: `containerName? resource divisor?:quantity`,
  ResourceRequirements: `limits?:{quantity} requests?:{quantity} claims?:[ResourceClaim]`,
  RolloutAnalysis: `
    templates?:[AnalysisTemplateRef] args?:[AnalysisRunArgument] dryRun?:[DryRun]
    measurementRetention?:[MeasurementRetention] analysisRunMetadata*?:AnalysisRunMetadata`,
  RolloutExperimentStep: `
    templates:[RolloutExperimentTemplate] duration? analyses?:[RolloutExperimentStepAnalysisTemplateRef]
    dryRun?:[DryRun] analysisRunMetadata?:AnalysisRunMetadata scaleDownDelaySeconds*?:int`,
  RolloutExperimentStepAnalysisTemplateRef: `name templateName clusterScope*?:bool args?:[AnalysisRunArgument] requiredForCompletion?:bool`,
  RolloutExperimentTemplate: `
    name specRef replicas*?:int metadata?:PodTemplateMetadata selector*?:LabelSelector weight*?:int
    service*?:TemplateService`,
  RolloutPause: `duration*?:intOrString`,
  RouteMatch: `method*?:StringMatch path*?:StringMatch headers?:{StringMatch}`,
  SELinuxOptions: `user? role? type? level?`,
  ScaleIOVolumeSource: `
    gateway system secretRef*:LocalObjectReference sslEnabled?:bool protectionDomain? storagePool? storageMode?
    volumeName? fsType? readOnly?:bool`,
  SeccompProfile: `type localhostProfile*?`,
  SecretEnvSource: `name? optional*?:bool`,
  SecretKeySelector: `name? key optional*?:bool`,
  SecretProjection: `name? items?:[KeyToPath] optional*?:bool`,
  SecretVolumeSource: `secretName? items?:[KeyToPath] defaultMode*?:int optional*?:bool`,
  SecurityContext: `
    capabilities*?:Capabilities privileged*?:bool seLinuxOptions*?:SELinuxOptions
    windowsOptions*?:WindowsSecurityContextOptions runAsUser*?:int runAsGroup*?:int runAsNonRoot*?:bool
    readOnlyRootFilesystem*?:bool allowPrivilegeEscalation*?:bool procMount*? seccompProfile*?:SeccompProfile
    appArmorProfile*?:AppArmorProfile`,
  ServiceAccountTokenProjection: `audience? expirationSeconds*?:int path`,
  SetCanaryScale: `weight*?:int replicas*?:int matchTrafficWeight?:bool`,
  SetHeaderRoute: `name? match?:[HeaderRoutingMatch]`,
  SetMirrorRoute: `name match?:[RouteMatch] percentage*?:int`,
  SleepAction: `seconds:int`,
  StorageOSVolumeSource: `volumeName? volumeNamespace? fsType? readOnly?:bool secretRef*?:LocalObjectReference`,
  StringMatch: `exact? prefix? regex?`,
  Sysctl: `name value`,
  TCPSocketAction: `port:intOrString host?`,
  TemplateService: `name?`,
  Toleration: `key? operator? value? effect? tolerationSeconds*?:int`,
  TopologySpreadConstraint: `
    maxSkew:int topologyKey whenUnsatisfiable labelSelector*?:LabelSelector minDomains*?:int
    nodeAffinityPolicy*? nodeTaintsPolicy*? matchLabelKeys?:[string]`,
  TypedLocalObjectReference: `apiGroup* kind name`,
  TypedObjectReference: `apiGroup* kind name namespace*?`,
  Volume: `
    name hostPath*?:HostPathVolumeSource emptyDir*?:EmptyDirVolumeSource
    gcePersistentDisk*?:GCEPersistentDiskVolumeSource awsElasticBlockStore*?:AWSElasticBlockStoreVolumeSource
    gitRepo*?:GitRepoVolumeSource secret*?:SecretVolumeSource nfs*?:NFSVolumeSource iscsi*?:ISCSIVolumeSource
    glusterfs*?:GlusterfsVolumeSource persistentVolumeClaim*?:PersistentVolumeClaimVolumeSource
    rbd*?:RBDVolumeSource flexVolume*?:FlexVolumeSource cinder*?:CinderVolumeSource cephfs*?:CephFSVolumeSource
    flocker*?:FlockerVolumeSource downwardAPI*?:DownwardAPIVolumeSource fc*?:FCVolumeSource
    azureFile*?:AzureFileVolumeSource configMap*?:ConfigMapVolumeSource
    vsphereVolume*?:VsphereVirtualDiskVolumeSource quobyte*?:QuobyteVolumeSource
    azureDisk*?:AzureDiskVolumeSource photonPersistentDisk*?:PhotonPersistentDiskVolumeSource
    projected*?:ProjectedVolumeSource portworxVolume*?:PortworxVolumeSource scaleIO*?:ScaleIOVolumeSource
    storageos*?:StorageOSVolumeSource csi*?:CSIVolumeSource ephemeral*?:EphemeralVolumeSource
    image*?:ImageVolumeSource`,
  VolumeDevice: `name devicePath`,
  VolumeMount: `name readOnly?:bool recursiveReadOnly*? mountPath subPath? mountPropagation*? subPathExpr?`,
  VolumeProjection: `
    secret*?:SecretProjection downwardAPI*?:DownwardAPIProjection configMap*?:ConfigMapProjection
    serviceAccountToken*?:ServiceAccountTokenProjection clusterTrustBundle*?:ClusterTrustBundleProjection
    podCertificate*?:PodCertificateProjection`,
  VolumeResourceRequirements: `limits?:{quantity} requests?:{quantity}`,
  VsphereVirtualDiskVolumeSource: `volumePath fsType? storagePolicyName? storagePolicyID?`,
  WeightedPodAffinityTerm: `weight:int podAffinityTerm:PodAffinityTerm`,
  WindowsSecurityContextOptions: `gmsaCredentialSpecName*? gmsaCredentialSpec*? runAsUserName*? hostProcess*?:bool`,
} as const
