import { describe, expect, it } from 'vitest'
import { customResourceDefinitions } from '#api/custom-resource-definitions.ts'
import type { Schema } from '#api/schema/schema.ts'
import { assert } from '#lib/assert.ts'

const [rollouts] = customResourceDefinitions
const version = rollouts?.spec.versions[0] as { readonly schema: { readonly openAPIV3Schema: Schema } }

function at(path: string): Schema {
  const found = path
    .split(/\.|(?=\[\])/)
    .reduce<Schema | undefined>(
      (schema, name) => (name === '[]' ? schema?.items : schema?.properties?.[name]),
      version.schema.openAPIV3Schema,
    )
  assert(found !== undefined, `the definition has ${path}`)
  return found
}

/** `int text {a,b!} [int] {text}`: what a field takes; `!` marks what an object must have, `{text}` is a map. */
function shape(schema: Schema): string {
  const { type, format, properties, items, additionalProperties, required = [] } = schema
  if (schema['x-kubernetes-int-or-string'] === true) return 'intOrString'
  if (items !== undefined) return `[${shape(items)}]`
  if (typeof additionalProperties === 'object') return `{${shape(additionalProperties)}}`
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return 'anything'
  if (type === 'object') {
    const names = Object.keys(properties ?? {}).toSorted((a, b) => (a < b ? -1 : 1))
    return `{${names.map((name) => (required.includes(name) ? `${name}!` : name)).join(' ')}}`
  }
  const words: Readonly<Record<string, string>> = { string: 'text', boolean: 'flag', 'date-time': 'time', int32: 'int' }
  return words[format ?? type ?? ''] ?? format ?? type ?? ''
}

const labelSelector = '{matchExpressions matchLabels}'
const metadata = '{annotations labels}'
const analysis = 'analysisRunMetadata args dryRun measurementRetention'
const antiAffinity = '{preferredDuringSchedulingIgnoredDuringExecution requiredDuringSchedulingIgnoredDuringExecution}'
const match = '{exact prefix regex}'

describe('a Rollout keeps what its users write', () => {
  it.each([
    ['API-10', 'replicas', 'int'],
    ['API-11', 'selector', labelSelector],
    ['API-12', 'template', '{metadata spec}'],
    ['API-12', 'template.metadata', metadata],
    ['API-13', 'workloadRef', '{apiVersion kind name scaleDown}'],
    ['API-13', 'workloadRef.scaleDown', 'text'],
    ['API-14', 'minReadySeconds', 'int'],
    ['API-15', 'rollbackWindow', '{revisions}'],
    ['API-15', 'rollbackWindow.revisions', 'int'],
    ['API-16', 'strategy', '{blueGreen canary}'],
    ['API-17', 'revisionHistoryLimit', 'int'],
    ['API-18', 'paused', 'flag'],
    ['API-19', 'progressDeadlineSeconds', 'int'],
    ['API-20', 'progressDeadlineAbort', 'flag'],
    ['API-21', 'restartAt', 'time'],
    ['API-22', 'analysis.successfulRunHistoryLimit', 'int'],
    ['API-23', 'analysis.unsuccessfulRunHistoryLimit', 'int'],
  ])('%s: spec.%s takes %s', (_rule, path, expected) => {
    expect(shape(at(`spec.${path}`))).toBe(expected)
  })

  it.each([
    ['API-30', 'activeService', 'text'],
    ['API-31', 'previewService', 'text'],
    ['API-32', 'previewReplicaCount', 'int'],
    ['API-33', 'autoPromotionEnabled', 'flag'],
    ['API-34', 'autoPromotionSeconds', 'int'],
    ['API-35', 'maxUnavailable', 'intOrString'],
    ['API-36', 'scaleDownDelaySeconds', 'int'],
    ['API-37', 'scaleDownDelayRevisionLimit', 'int'],
    ['API-38', 'abortScaleDownDelaySeconds', 'int'],
    ['API-39', 'prePromotionAnalysis', `{${analysis} templates}`],
    ['API-39', 'postPromotionAnalysis', `{${analysis} templates}`],
    ['API-40', 'antiAffinity', antiAffinity],
    ['API-41', 'previewMetadata', metadata],
    ['API-41', 'activeMetadata', metadata],
  ])('%s: blueGreen.%s takes %s', (_rule, field, expected) => {
    expect(shape(at(`spec.strategy.blueGreen.${field}`))).toBe(expected)
  })

  it('API-30: activeService is the one field a strategy must have', () => {
    expect(at('spec.strategy.blueGreen').required).toEqual(['activeService'])
    expect(at('spec.strategy.canary').required).toBeUndefined()
    expect(at('spec').required).toBeUndefined()
  })

  it.each([
    ['API-50', 'canaryService', 'text'],
    ['API-50', 'stableService', 'text'],
    ['API-51', 'steps', '[{analysis experiment pause plugin setCanaryScale setHeaderRoute setMirrorRoute setWeight}]'],
    [
      'API-52',
      'trafficRouting',
      '{alb ambassador apisix appMesh istio managedRoutes maxTrafficWeight nginx plugins smi traefik}',
    ],
    ['API-53', 'maxUnavailable', 'intOrString'],
    ['API-54', 'maxSurge', 'intOrString'],
    ['API-55', 'analysis', `{${analysis} startingStep templates}`],
    ['API-55', 'analysis.startingStep', 'int'],
    ['API-56', 'antiAffinity', antiAffinity],
    ['API-57', 'canaryMetadata', metadata],
    ['API-57', 'stableMetadata', metadata],
    ['API-58', 'scaleDownDelaySeconds', 'int'],
    ['API-59', 'scaleDownDelayRevisionLimit', 'int'],
    ['API-60', 'abortScaleDownDelaySeconds', 'int'],
    ['API-61', 'dynamicStableScale', 'flag'],
    ['API-62', 'pingPong', '{pingService! pongService!}'],
    ['API-63', 'minPodsPerReplicaSet', 'int'],
    ['API-64', 'replicaProgressThreshold', '{type! value!}'],
    ['API-64', 'replicaProgressThreshold.value', 'int'],
    ['API-80', 'trafficRouting.plugins', 'anything'],
    ['API-80', 'trafficRouting.managedRoutes', '[{name!}]'],
    ['API-80', 'trafficRouting.maxTrafficWeight', 'int'],
    ['API-85', 'antiAffinity.preferredDuringSchedulingIgnoredDuringExecution', '{weight!}'],
    ['API-85', 'antiAffinity.requiredDuringSchedulingIgnoredDuringExecution', '{}'],
  ])('%s: canary.%s takes %s', (_rule, field, expected) => {
    expect(shape(at(`spec.strategy.canary.${field}`))).toBe(expected)
  })

  it.each([
    ['API-70', 'setWeight', 'int'],
    ['API-71', 'pause', '{duration}'],
    ['API-71', 'pause.duration', 'intOrString'],
    ['API-72', 'setCanaryScale', '{matchTrafficWeight replicas weight}'],
    ['API-73', 'analysis', `{${analysis} templates}`],
    ['API-73', 'analysis.templates', '[{clusterScope templateName}]'],
    ['API-73', 'analysis.args', '[{name! value valueFrom}]'],
    ['API-73', 'analysis.args[].valueFrom', '{fieldRef podTemplateHashValue}'],
    ['API-73', 'analysis.dryRun', '[{metricName!}]'],
    ['API-73', 'analysis.measurementRetention', '[{limit! metricName!}]'],
    ['API-74', 'experiment', '{analyses analysisRunMetadata dryRun duration scaleDownDelaySeconds templates!}'],
    ['API-74', 'experiment.duration', 'text'],
    ['API-74', 'experiment.templates', '[{metadata name! replicas selector service specRef! weight}]'],
    ['API-75', 'setHeaderRoute', '{match name}'],
    ['API-75', 'setHeaderRoute.match', '[{headerName! headerValue!}]'],
    ['API-75', 'setHeaderRoute.match[].headerValue', match],
    ['API-76', 'setMirrorRoute', '{match name! percentage}'],
    ['API-76', 'setMirrorRoute.match', '[{headers method path}]'],
    ['API-76', 'setMirrorRoute.match[].headers', `{${match}}`],
    ['API-77', 'plugin', '{config name!}'],
    ['API-77', 'plugin.config', 'anything'],
  ])('%s: a step’s %s takes %s', (_rule, field, expected) => {
    expect(shape(at(`spec.strategy.canary.steps[].${field}`))).toBe(expected)
  })
})

const run = '{message name! status!}'

describe('a Rollout keeps what controllers write', () => {
  it.each([
    ['API-200', 'abort', 'flag'],
    ['API-201', 'abortedAt', 'time'],
    ['API-202', 'pauseConditions', '[{reason! startTime!}]'],
    ['API-203', 'controllerPause', 'flag'],
    ['API-204', 'currentPodHash', 'text'],
    ['API-205', 'currentStepHash', 'text'],
    ['API-206', 'currentStepIndex', 'int'],
    ['API-207', 'stableRS', 'text'],
    ['API-208', 'replicas', 'int'],
    ['API-209', 'updatedReplicas', 'int'],
    ['API-210', 'readyReplicas', 'int'],
    ['API-211', 'availableReplicas', 'int'],
    ['API-212', 'HPAReplicas', 'int'],
    ['API-213', 'selector', 'text'],
    ['API-214', 'collisionCount', 'int'],
    ['API-215', 'observedGeneration', 'text'],
    ['API-216', 'workloadObservedGeneration', 'text'],
    ['API-217', 'conditions', '[{lastTransitionTime! lastUpdateTime! message! reason! status! type!}]'],
    ['API-218', 'phase', 'text'],
    ['API-219', 'message', 'text'],
    ['API-220', 'promoteFull', 'flag'],
    ['API-221', 'restartedAt', 'time'],
    ['API-222', 'alb', '{canaryTargetGroup ingress loadBalancer stableTargetGroup}'],
    ['API-222', 'albs', '[{canaryTargetGroup ingress loadBalancer stableTargetGroup}]'],
    ['API-222', 'alb.loadBalancer', '{arn! fullName name!}'],
    ['API-223', 'canary.weights', '{additional canary! stable! verified}'],
    ['API-223', 'canary.weights.canary', '{podTemplateHash serviceName weight!}'],
    ['API-224', 'canary.stablePingPong', 'text'],
    ['API-225', 'canary.currentStepAnalysisRunStatus', run],
    ['API-225', 'canary.currentBackgroundAnalysisRunStatus', run],
    ['API-225', 'blueGreen.prePromotionAnalysisRunStatus', run],
    ['API-225', 'blueGreen.postPromotionAnalysisRunStatus', run],
    ['API-226', 'canary.currentExperiment', 'text'],
    [
      'API-227',
      'canary.stepPluginStatuses',
      '[{backoff disabled executions finishedAt index! message name! operation! phase startedAt status updatedAt}]',
    ],
    ['API-228', 'blueGreen.activeSelector', 'text'],
    ['API-228', 'blueGreen.previewSelector', 'text'],
    ['API-229', 'blueGreen.scaleUpPreviewCheckPoint', 'flag'],
    [
      'API-230',
      'duration',
      '{completionStatus finishedAt manualPauseStartedAt rolloutStartedAt totalManualPauseDurationSeconds}',
    ],
    ['API-230', 'duration.totalManualPauseDurationSeconds', 'int64'],
  ])('%s: status.%s takes %s', (_rule, path, expected) => {
    expect(shape(at(`status.${path}`))).toBe(expected)
  })
})
