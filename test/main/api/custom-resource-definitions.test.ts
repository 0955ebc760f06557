import { describe, expect, it } from 'vitest'
import { customResourceDefinitions } from '#api/custom-resource-definitions.ts'
import type { Schema } from '#api/schema/schema.ts'

interface Version {
  readonly additionalPrinterColumns: readonly { readonly name: string; readonly jsonPath: string }[]
  readonly subresources?: unknown
  readonly schema: { readonly openAPIV3Schema: Schema }
}

const versionOf = (kind: string): Version => {
  const definition = customResourceDefinitions.find((each) => each.spec.names.kind === kind)
  return definition?.spec.versions[0] as Version
}
const kinds = customResourceDefinitions.map((each) => each.spec.names.kind)
const all = kinds.flatMap((kind) => nodes(versionOf(kind).schema.openAPIV3Schema, kind))
const nodesOf = (kind: string) => nodes(versionOf(kind).schema.openAPIV3Schema, '')

/** Every node with its path; `[]` is an item of a list, `{}` a value of a map. */
function nodes(schema: Schema, path: string): readonly (readonly [string, Schema])[] {
  const { properties = {}, items, additionalProperties } = schema
  return [
    [path, schema],
    ...Object.entries(properties).flatMap(([name, each]) => nodes(each, path === '' ? name : `${path}.${name}`)),
    ...(items === undefined ? [] : nodes(items, `${path}[]`)),
    ...(typeof additionalProperties === 'object' ? nodes(additionalProperties, `${path}{}`) : []),
  ]
}

describe('the definitions', () => {
  it('API-1, ANA-101, ANA-102: are those of argoproj.io/v1alpha1, by their public names', () => {
    const names = customResourceDefinitions.map(({ metadata, spec }) => [
      metadata.name,
      ...[spec.names.shortNames, spec.scope].flat(),
    ])
    expect(names).toEqual([
      ['rollouts.argoproj.io', 'ro', 'Namespaced'],
      ['analysisruns.argoproj.io', 'ar', 'Namespaced'],
      ['analysistemplates.argoproj.io', 'at', 'Namespaced'],
      ['clusteranalysistemplates.argoproj.io', 'cat', 'Cluster'],
      ['experiments.argoproj.io', 'exp', 'Namespaced'],
    ])
  })

  it('API-2: only the Rollout has status and scale apart', () => {
    expect(kinds.filter((kind) => versionOf(kind).subresources !== undefined)).toEqual(['Rollout'])
    expect(versionOf('Rollout').subresources).toEqual({
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.HPAReplicas',
        labelSelectorPath: '.status.selector',
      },
    })
  })

  it('API-3: a Rollout is listed with its numbers', () => {
    expect(versionOf('Rollout').additionalPrinterColumns.map(({ name, jsonPath }) => `${name} ${jsonPath}`)).toEqual([
      'Desired .spec.replicas',
      'Current .status.replicas',
      'Up-to-date .status.updatedReplicas',
      'Available .status.availableReplicas',
      'Age .metadata.creationTimestamp',
    ])
  })

  it('API-5: the selector is the one field with a rule of its own', () => {
    const ruled = kinds.flatMap((kind) => nodesOf(kind).filter(([, each]) => each['x-kubernetes-validations']))
    expect(ruled).toEqual([
      [
        'spec.selector',
        expect.objectContaining({
          'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: '.spec.selector is immutable' }],
        }),
      ],
    ])
  })

  it('API-6: only the spec is required, and unknown fields stay only where somebody else knows them', () => {
    expect(versionOf('Rollout').schema.openAPIV3Schema.required).toEqual(['spec'])
    const open = nodesOf('Rollout').flatMap(([path, each]) =>
      each['x-kubernetes-preserve-unknown-fields'] === true ? [path] : [],
    )
    const containers = ['containers', 'ephemeralContainers', 'initContainers'].flatMap((list) => [
      `spec.template.spec.${list}[].resources.limits`,
      `spec.template.spec.${list}[].resources.requests`,
    ])
    expect(open.toSorted()).toEqual(
      [
        ...containers,
        'spec.strategy.canary.steps[].plugin.config',
        'spec.strategy.canary.trafficRouting.plugins',
        'spec.template.spec.volumes',
        'status.canary.stepPluginStatuses[].status',
      ].toSorted(),
    )
  })

  it('API-7: the only defaults are those of the public definitions', () => {
    const defaults = (kind: string) =>
      nodesOf(kind).flatMap(([path, each]) =>
        each.default === undefined ? [] : [`${path}=${JSON.stringify(each.default).replaceAll('"', '')}`],
      )
    const ofPods = (template: string) =>
      ['containers', 'ephemeralContainers', 'initContainers'].flatMap((list) =>
        [
          'env[].valueFrom.configMapKeyRef.name=',
          'env[].valueFrom.fileKeyRef.optional=false',
          'env[].valueFrom.secretKeyRef.name=',
          'envFrom[].configMapRef.name=',
          'envFrom[].secretRef.name=',
          'livenessProbe.grpc.service=',
          'ports[].protocol=TCP',
          'readinessProbe.grpc.service=',
          'startupProbe.grpc.service=',
        ].map((each) => `${template}.spec.${list}[].${each}`),
      )
    expect(defaults('Rollout').toSorted()).toEqual(
      [...ofPods('spec.template'), 'spec.template.spec.imagePullSecrets[].name='].toSorted(),
    )
    expect(defaults('AnalysisTemplate').filter((each) => !each.includes('.template.spec.'))).toEqual([
      'spec.metrics[].provider.datadog.apiVersion=v1',
      'spec.metrics[].provider.datadog.interval=5m',
      'spec.metrics[].provider.datadog.requestTimeout=10s',
    ])
  })

  it.each([
    [
      'ANA-104',
      'AnalysisTemplate',
      'spec.metrics[]',
      'consecutiveErrorLimit consecutiveSuccessLimit count failureCondition failureLimit inconclusiveLimit initialDelay interval name provider successCondition',
    ],
    ['ANA-103', 'AnalysisRun', 'spec', 'args dryRun measurementRetention metrics terminate ttlStrategy'],
    ['ANA-108', 'AnalysisRun', 'status', 'completedAt dryRunSummary message metricResults phase runSummary startedAt'],
    [
      'ANA-109',
      'AnalysisRun',
      'status.metricResults[]',
      'consecutiveError consecutiveSuccess count dryRun error failed inconclusive measurements message metadata name phase successful',
    ],
    [
      'ANA-110',
      'AnalysisRun',
      'status.metricResults[].measurements[]',
      'finishedAt message metadata phase resumeAt startedAt value',
    ],
    ['EXP-104', 'Experiment', 'status', 'analysisRuns availableAt conditions message phase templateStatuses'],
    [
      'EXP-105',
      'Experiment',
      'status.templateStatuses[]',
      'availableReplicas collisionCount lastTransitionTime message name podTemplateHash readyReplicas replicas serviceName status updatedReplicas',
    ],
  ])('%s: %s keeps the fields of its %s', (_rule, kind, at, fields) => {
    const [, node] = nodesOf(kind).find(([path]) => path === at) ?? []
    expect(Object.keys(node?.properties ?? {}).toSorted()).toEqual(fields.split(' '))
  })

  it('every field says what it holds', () => {
    const untyped = all.filter(
      ([, each]) =>
        (each.type ?? each['x-kubernetes-int-or-string'] ?? each['x-kubernetes-preserve-unknown-fields']) === undefined,
    )
    expect(untyped).toEqual([])
  })

  it('every field of ours says what it is for', () => {
    const ofKubernetes = /template\.|job\.spec\.|[sS]elector\.|\.metadata$|\]$|\}$/
    const silent = all.filter(
      ([path, each]) => !ofKubernetes.test(path) && !/^\S[^]*[.;)]$/.test(each.description ?? ''),
    )
    expect(silent.map(([path]) => path)).toEqual([])
  })

  it.each(kinds)('%s can be applied by a client that keeps the whole definition in an annotation', (kind) => {
    const definition = customResourceDefinitions.find((each) => each.spec.names.kind === kind)
    expect(JSON.stringify(definition).length).toBeLessThan(256 * 1024)
  })
})
