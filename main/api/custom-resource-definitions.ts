import { age, type Column, type CustomResourceDefinition, define } from './definition.ts'
import { resources } from './resources.ts'
import { analysisRunSpec, analysisRunStatus, analysisTemplateSpec } from './schema/analysis.ts'
import { experimentSpec, experimentStatus } from './schema/experiment.ts'
import { rolloutSpec } from './schema/rollout-spec.ts'
import { rolloutStatus } from './schema/rollout-status.ts'

const count = (name: string, description: string, jsonPath: string): Column => ({
  name,
  type: 'integer',
  description,
  jsonPath,
})
const phase: Column = { name: 'Status', type: 'string', description: 'How far it is.', jsonPath: '.status.phase' }

/**
 * The kinds a cluster must serve before anything can be rolled out. Each field of v1alpha1 is there, and what is not there is
 * pruned (API-6); requirements and defaults are those of the public definitions and no others (API-5, API-7), so that an
 * object means the same whoever installed them. Only the Rollout has `status` and `scale` apart (API-2, ACT-1). Clusters that
 * have the definitions of an in-cluster installation keep those.
 */
export const customResourceDefinitions: readonly CustomResourceDefinition[] = [
  define(resources.rollouts, {
    shortNames: ['ro'],
    description: 'Pods of one template, and how a new version of it replaces the old one.',
    spec: rolloutSpec,
    status: rolloutStatus,
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.HPAReplicas',
        labelSelectorPath: '.status.selector',
      },
    },
    columns: [
      count('Desired', 'Wanted pods.', '.spec.replicas'),
      count('Current', 'Pods that have not ended.', '.status.replicas'),
      count('Up-to-date', 'Pods of the new version.', '.status.updatedReplicas'),
      count('Available', 'Pods ready for at least minReadySeconds.', '.status.availableReplicas'),
      age,
    ],
  }),
  define(resources.analysisRuns, {
    shortNames: ['ar'],
    description: 'One analysis: metrics that are measured, and their outcome.',
    spec: analysisRunSpec,
    status: analysisRunStatus,
    columns: [phase, age],
  }),
  define(resources.analysisTemplates, {
    shortNames: ['at'],
    description: 'What AnalysisRuns of this namespace are made from.',
    spec: analysisTemplateSpec,
    columns: [age],
  }),
  define(resources.clusterAnalysisTemplates, {
    shortNames: ['cat'],
    description: 'What AnalysisRuns of any namespace are made from.',
    spec: analysisTemplateSpec,
    columns: [age],
  }),
  define(resources.experiments, {
    shortNames: ['exp'],
    description: 'Sets of pods that run for a while side by side, with analyses of them.',
    spec: experimentSpec,
    status: experimentStatus,
    columns: [phase, age],
  }),
]
