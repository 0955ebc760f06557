/**
 * Fields of `spec` and `status` of a Rollout, beside the pod template and the steps (field-order-table.ts), in the
 * notation of field-order.ts.
 */
export const rolloutFieldTable = {
  RolloutSpec: `
    replicas*?:int selector*:LabelSelector template:PodTemplateSpec workloadRef*?:WorkloadRef minReadySeconds?:int
    rollbackWindow*?:RollbackWindowSpec strategy:RolloutStrategy revisionHistoryLimit*?:int paused?:bool
    progressDeadlineSeconds*?:int progressDeadlineAbort?:bool restartAt*?:time analysis*?:AnalysisHistoryLimits`,
  WorkloadRef: `apiVersion? kind? name? scaleDown?`,
  RollbackWindowSpec: `revisions?:int`,
  RolloutStrategy: `blueGreen*?:BlueGreenStrategy canary*?:CanaryStrategy`,
  BlueGreenStrategy: `
    activeService previewService? previewReplicaCount*?:int autoPromotionEnabled*?:bool
    autoPromotionSeconds?:int maxUnavailable*?:intOrString scaleDownDelaySeconds*?:int
    scaleDownDelayRevisionLimit*?:int prePromotionAnalysis*?:RolloutAnalysis antiAffinity*?:AntiAffinity
    postPromotionAnalysis*?:RolloutAnalysis previewMetadata*?:PodTemplateMetadata
    activeMetadata*?:PodTemplateMetadata abortScaleDownDelaySeconds*?:int`,
  AntiAffinity: `
    preferredDuringSchedulingIgnoredDuringExecution*?:PreferredAntiAffinity
    requiredDuringSchedulingIgnoredDuringExecution*?:RequiredAntiAffinity`,
  PreferredAntiAffinity: `weight:int`,
  RequiredAntiAffinity: ``,
  CanaryStrategy: `
    canaryService? stableService? steps?:[CanaryStep] trafficRouting*?:RolloutTrafficRouting
    maxUnavailable*?:intOrString maxSurge*?:intOrString analysis*?:RolloutAnalysisBackground
    antiAffinity*?:AntiAffinity canaryMetadata*?:PodTemplateMetadata stableMetadata*?:PodTemplateMetadata
    scaleDownDelaySeconds*?:int scaleDownDelayRevisionLimit*?:int abortScaleDownDelaySeconds*?:int
    dynamicStableScale?:bool pingPong*?:PingPongSpec minPodsPerReplicaSet*?:int
    replicaProgressThreshold*?:ReplicaProgressThreshold`,
  RolloutTrafficRouting: `
    istio*?:IstioTrafficRouting nginx*?:NginxTrafficRouting alb*?:ALBTrafficRouting smi*?:SMITrafficRouting
    ambassador*?:AmbassadorTrafficRouting appMesh*?:AppMeshTrafficRouting traefik*?:TraefikTrafficRouting
    managedRoutes?:[ManagedRoute] apisix*?:ApisixTrafficRouting plugins?:{raw} maxTrafficWeight*?:int`,
  IstioTrafficRouting: `
    virtualService*?:IstioVirtualService destinationRule*?:IstioDestinationRule
    virtualServices?:[IstioVirtualService]`,
  IstioVirtualService: `name routes?:[string] tlsRoutes?:[TLSRoute] tcpRoutes?:[TCPRoute]`,
  TLSRoute: `port?:int sniHosts?:[string]`,
  TCPRoute: `port?:int`,
  IstioDestinationRule: `name canarySubsetName stableSubsetName additionalSubsetNames?:[string]`,
  NginxTrafficRouting: `
    annotationPrefix? stableIngress? additionalIngressAnnotations?:{string} stableIngresses?:[string]
    canaryIngressAnnotations?:{string}`,
  ALBTrafficRouting: `
    ingress? servicePort:int rootService? annotationPrefix? stickinessConfig*?:StickinessConfig
    ingresses?:[string]`,
  StickinessConfig: `enabled:bool durationSeconds:int`,
  SMITrafficRouting: `rootService? trafficSplitName?`,
  AmbassadorTrafficRouting: `mappings:[string]`,
  AppMeshTrafficRouting: `virtualService*?:AppMeshVirtualService virtualNodeGroup*?:AppMeshVirtualNodeGroup`,
  AppMeshVirtualService: `name routes?:[string]`,
  AppMeshVirtualNodeGroup: `canaryVirtualNodeRef*:AppMeshVirtualNodeReference stableVirtualNodeRef*:AppMeshVirtualNodeReference`,
  AppMeshVirtualNodeReference: `name`,
  TraefikTrafficRouting: `weightedTraefikServiceName`,
  ManagedRoute: `name`,
  ApisixTrafficRouting: `route*?:ApisixRoute`,
  ApisixRoute: `name rules?:[string]`,
  RolloutAnalysisBackground: `
    templates?:[AnalysisTemplateRef] args?:[AnalysisRunArgument] dryRun?:[DryRun]
    measurementRetention?:[MeasurementRetention] analysisRunMetadata*?:AnalysisRunMetadata startingStep*?:int`,
  PingPongSpec: `pingService pongService`,
  ReplicaProgressThreshold: `type value:int`,
  AnalysisHistoryLimits: `successfulRunHistoryLimit*?:int unsuccessfulRunHistoryLimit*?:int`,
  RolloutStatus: `
    abort?:bool pauseConditions?:[PauseCondition] controllerPause?:bool abortedAt*?:time currentPodHash?
    currentStepHash? replicas?:int updatedReplicas?:int readyReplicas?:int availableReplicas?:int
    currentStepIndex*?:int collisionCount*?:int observedGeneration? conditions?:[RolloutCondition]
    canary?:CanaryStatus blueGreen?:BlueGreenStatus HPAReplicas?:int selector? stableRS? restartedAt*?:time
    promoteFull?:bool phase? message? workloadObservedGeneration? alb*?:ALBStatus albs?:[ALBStatus]
    duration*?:RolloutDuration`,
  PauseCondition: `reason startTime:time`,
  RolloutCondition: `type status lastUpdateTime:time lastTransitionTime:time reason message`,
  CanaryStatus: `
    currentStepAnalysisRunStatus*?:AnalysisRunRef
    currentBackgroundAnalysisRunStatus*?:AnalysisRunRef currentExperiment? weights*?:TrafficWeights
    stablePingPong? stepPluginStatuses?:[StepPluginStatus]`,
  AnalysisRunRef: `name status message?`,
  TrafficWeights: `canary:WeightDestination stable:WeightDestination additional?:[WeightDestination] verified*?:bool`,
  WeightDestination: `weight:int serviceName? podTemplateHash?`,
  StepPluginStatus: `
    index:int name operation phase? message? startedAt*?:time updatedAt*?:time finishedAt*?:time backoff?
    executions?:int disabled?:bool status?:raw`,
  BlueGreenStatus: `
    previewSelector? activeSelector? scaleUpPreviewCheckPoint?:bool
    prePromotionAnalysisRunStatus*?:AnalysisRunRef
    postPromotionAnalysisRunStatus*?:AnalysisRunRef`,
  ALBStatus: `loadBalancer?:AwsResourceRef canaryTargetGroup?:AwsResourceRef stableTargetGroup?:AwsResourceRef ingress?`,
  AwsResourceRef: `name arn fullName`,
  RolloutDuration: `
    rolloutStartedAt*?:time manualPauseStartedAt*?:time totalManualPauseDurationSeconds*?:int finishedAt*?:time
    completionStatus?`,
} as const
