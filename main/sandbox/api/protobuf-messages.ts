/**
 * The messages that kubectl's typed commands send, `number:name:type` each; a text where no type is said. `[]` makes a list,
 * a capital letter begins a message of this table (with its version, where versions differ), and the name `.` puts the fields of a message beside those of its parent.
 */
export const messageTable: Readonly<Record<string, string>> = {
  Envelope: '1:typeMeta:TypeMeta 2:raw:bytes',
  TypeMeta: '1:apiVersion 2:kind',
  ObjectMeta: `
    1:name 2:generateName 3:namespace 5:uid 6:resourceVersion 11:labels:map 12:annotations:map 14:finalizers:text[]`,

  Namespace: '1:metadata:ObjectMeta',
  ServiceAccount: '1:metadata:ObjectMeta',
  ConfigMap: '1:metadata:ObjectMeta 2:data:map 3:binaryData:base64Map 4:immutable:flag',
  Secret: '1:metadata:ObjectMeta 2:data:base64Map 3:type 4:stringData:map',
  ResourceQuota: '1:metadata:ObjectMeta 2:spec:ResourceQuotaSpec',
  ResourceQuotaSpec: '1:hard:quantityMap 2:scopes:text[]',
  Service: '1:metadata:ObjectMeta 2:spec:ServiceSpec',
  ServiceSpec: '1:ports:ServicePort[] 2:selector:map 3:clusterIP 4:type 10:externalName',
  ServicePort: '1:name 2:protocol 3:port:number 4:targetPort:intOrText 5:nodePort:number 6:appProtocol',

  Deployment: '1:metadata:ObjectMeta 2:spec:DeploymentSpec',
  DeploymentSpec: '1:replicas:number 2:selector:LabelSelector 3:template:PodTemplate',
  Job: '1:metadata:ObjectMeta 2:spec:JobSpec',
  JobSpec: '1:parallelism:number 2:completions:number 6:template:PodTemplate 7:backoffLimit:number',
  CronJob: '1:metadata:ObjectMeta 2:spec:CronJobSpec',
  CronJobSpec: `
    1:schedule 2:startingDeadlineSeconds:number 3:concurrencyPolicy 4:suspend:flag 5:jobTemplate:Job
    6:successfulJobsHistoryLimit:number 7:failedJobsHistoryLimit:number 8:timeZone`,
  PodTemplate: '1:metadata:ObjectMeta 2:spec:PodSpec',
  PodSpec: '2:containers:Container[] 3:restartPolicy 8:serviceAccountName',
  Container: `
    1:name 2:image 3:command:text[] 4:args:text[] 5:workingDir 6:ports:ContainerPort[] 7:env:EnvironmentVariable[]
    14:imagePullPolicy`,
  ContainerPort: '1:name 3:containerPort:number 4:protocol',
  EnvironmentVariable: '1:name 2:value',
  LabelSelector: '1:matchLabels:map 2:matchExpressions:Requirement[]',
  Requirement: '1:key 2:operator 3:values:text[]',

  HorizontalPodAutoscaler: '1:metadata:ObjectMeta 2:spec:AutoscalerSpec',
  AutoscalerSpec: '1:scaleTargetRef:ScaleTarget 2:minReplicas:number 3:maxReplicas:number 4:metrics:Metric[]',
  'autoscaling/v1 HorizontalPodAutoscaler': '1:metadata:ObjectMeta 2:spec:CpuAutoscalerSpec',
  CpuAutoscalerSpec: `
    1:scaleTargetRef:ScaleTarget 2:minReplicas:number 3:maxReplicas:number 4:targetCPUUtilizationPercentage:number`,
  ScaleTarget: '1:kind 2:name 3:apiVersion',
  Metric: '1:type 4:resource:ResourceMetric',
  ResourceMetric: '1:name 2:target:MetricTarget',
  MetricTarget: '1:type 2:value:quantity 3:averageValue:quantity 4:averageUtilization:number',

  PodDisruptionBudget: '1:metadata:ObjectMeta 2:spec:DisruptionSpec',
  DisruptionSpec: '1:minAvailable:intOrText 2:selector:LabelSelector 3:maxUnavailable:intOrText',

  Ingress: '1:metadata:ObjectMeta 2:spec:IngressSpec',
  IngressSpec: '1:defaultBackend:IngressBackend 2:tls:IngressTls[] 3:rules:IngressRule[] 4:ingressClassName',
  IngressTls: '1:hosts:text[] 2:secretName',
  IngressRule: '1:host 2:.:IngressRuleValue',
  IngressRuleValue: '1:http:HttpRule',
  HttpRule: '1:paths:HttpPath[]',
  HttpPath: '1:path 2:backend:IngressBackend 3:pathType',
  IngressBackend: '4:service:IngressService',
  IngressService: '1:name 2:port:IngressPort',
  IngressPort: '1:name 2:number:number',

  Role: '1:metadata:ObjectMeta 2:rules:PolicyRule[]',
  ClusterRole: '1:metadata:ObjectMeta 2:rules:PolicyRule[] 3:aggregationRule:AggregationRule',
  PolicyRule: '1:verbs:text[] 2:apiGroups:text[] 3:resources:text[] 4:resourceNames:text[] 5:nonResourceURLs:text[]',
  AggregationRule: '1:clusterRoleSelectors:LabelSelector[]',
  RoleBinding: '1:metadata:ObjectMeta 2:subjects:Subject[] 3:roleRef:RoleRef',
  ClusterRoleBinding: '1:metadata:ObjectMeta 2:subjects:Subject[] 3:roleRef:RoleRef',
  Subject: '1:kind 2:apiGroup 3:name 4:namespace',
  RoleRef: '1:apiGroup 2:kind 3:name',

  SelfSubjectReview: '1:metadata:ObjectMeta',
  SelfSubjectRulesReview: '1:metadata:ObjectMeta 2:spec:RulesReviewSpec',
  RulesReviewSpec: '1:namespace',
  SelfSubjectAccessReview: '1:metadata:ObjectMeta 2:spec:AccessReviewSpec',
  AccessReviewSpec: '1:resourceAttributes:ResourceAttributes 2:nonResourceAttributes:NonResourceAttributes',
  ResourceAttributes: '1:namespace 2:verb 3:group 4:version 5:resource 6:subresource 7:name',
  NonResourceAttributes: '1:path 2:verb',
}
