/** Fields of `spec` and `status` of an Experiment, beside those that steps and pods share (field-order-table.ts), in its notation. */
export const experimentFieldTable = {
  ExperimentSpec: `
    templates:[TemplateSpec] duration? progressDeadlineSeconds*?:int terminate?:bool
    analyses?:[ExperimentAnalysisTemplateRef] scaleDownDelaySeconds*?:int dryRun?:[DryRun]
    measurementRetention?:[MeasurementRetention] analysisRunMetadata?:AnalysisRunMetadata`,
  TemplateSpec: `
    name replicas*?:int minReadySeconds?:int selector*:LabelSelector template:PodTemplateSpec
    service*?:TemplateService`,
  ExperimentAnalysisTemplateRef: `name templateName clusterScope*?:bool args?:[Argument] requiredForCompletion?:bool`,
  Argument: `name value*? valueFrom*?:ValueFrom`,
  ValueFrom: `secretKeyRef*?:SecretKeyRef fieldRef*?:FieldRef`,
  SecretKeyRef: `name key`,
  ExperimentStatus: `
    phase? message? templateStatuses?:[TemplateStatus] availableAt*?:time conditions?:[ExperimentCondition]
    analysisRuns?:[ExperimentAnalysisRunStatus]`,
  TemplateStatus: `
    name replicas:int updatedReplicas:int readyReplicas:int availableReplicas:int collisionCount*?:int status?
    message? lastTransitionTime*?:time serviceName? podTemplateHash?`,
  ExperimentCondition: `type status lastUpdateTime:time lastTransitionTime:time reason message`,
  ExperimentAnalysisRunStatus: `name analysisRun phase message?`,
} as const
