import type { AnalysisPhase, AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import type {
  Experiment,
  ExperimentAnalysis,
  ExperimentSpec,
  ExperimentStatus,
  ExperimentTemplate,
  TemplateStatus,
} from '#api/experiment.ts'
import { annotations, labels } from '#api/keys.ts'
import type { ObjectMeta, OwnerReference } from '#api/meta.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { aMetric, anAnalysisTemplate, templateSource } from './analysis.ts'

interface ExperimentOptions {
  /** Names of templates, or templates. */
  readonly templates?: readonly (string | ExperimentTemplate)[]
  /** Names of analyses of a template of the same name, or analyses. */
  readonly analyses?: readonly (string | ExperimentAnalysis)[]
  readonly spec?: Partial<ExperimentSpec>
  readonly status?: ExperimentStatus
  readonly metadata?: Partial<ObjectMeta>
}

/** The Experiment `shop/try`: one pod of template `bar` and nothing else, unless said otherwise. */
export function anExperiment({
  templates = ['bar'],
  analyses = [],
  spec,
  status,
  metadata,
}: ExperimentOptions = {}): Experiment {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'try', namespace: 'shop', uid: 'uid-try', resourceVersion: '1', generation: 1, ...metadata },
    spec: {
      templates: templates.map((each) => (typeof each === 'string' ? anExperimentTemplate(each) : each)),
      ...(analyses.length > 0 && {
        analyses: analyses.map((each) => (typeof each === 'string' ? anAnalysis(each) : each)),
      }),
      ...spec,
    },
    ...(status !== undefined && { status }),
  }
}

export const anExperimentTemplate = (name: string, change: Partial<ExperimentTemplate> = {}): ExperimentTemplate => ({
  name,
  selector: { matchLabels: { app: name } },
  template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: `web:${name}` }] } },
  ...change,
})

/** One whose pods listen, and which wants a Service. */
export const aServedTemplate = (name: string, change: Partial<ExperimentTemplate> = {}): ExperimentTemplate => {
  const ports = [{ containerPort: 8080 }]
  return anExperimentTemplate(name, {
    service: {},
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: `web:${name}`, ports }] },
    },
    ...change,
  })
}

export const anAnalysis = (name: string, change: Partial<ExperimentAnalysis> = {}): ExperimentAnalysis => ({
  name,
  templateName: name,
  ...change,
})

export const required = (name: string): ExperimentAnalysis => anAnalysis(name, { requiredForCompletion: true })

/** A world that holds an Experiment and the templates its analyses name, unless said otherwise. */
export function anExperimentWorld(parts: Partial<ExperimentWorld> = {}): ExperimentWorld {
  const { experiment = anExperiment() } = parts
  const names = (experiment.spec.analyses ?? []).map(({ templateName }) => templateName)
  return {
    experiment,
    replicaSets: [],
    services: [],
    analysisRuns: {},
    templates: templateSource(names.map((name) => anAnalysisTemplate(name, { metrics: [aMetric()] }))),
    ...parts,
  }
}

export const ownerIsTry: OwnerReference = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Experiment',
  name: 'try',
  uid: 'uid-try',
  controller: true,
  blockOwnerDeletion: true,
}

const ownMetadata = (template: string, name: string): ObjectMeta => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  resourceVersion: '1',
  annotations: { [annotations.experimentName]: 'try', [annotations.experimentTemplate]: template },
  ownerReferences: [ownerIsTry],
})

interface ReplicaSetOptions {
  readonly name?: string
  /** `spec.replicas`. */
  readonly size?: number
  /** Available, ready and existing pods; `size` when absent. */
  readonly available?: number
  readonly deadline?: string
  readonly ports?: readonly object[]
}

/** The ReplicaSet of a template of `shop/try`, with one available pod unless said otherwise. */
export function aTemplateReplicaSet(template: string, options: ReplicaSetOptions = {}): ReplicaSet {
  const { name = `try-${template}`, size = 1, available = size, deadline, ports } = options
  const hash = { [labels.podTemplateHash]: `hash-${template}` }
  const metadata = ownMetadata(template, name)
  const container = { name: 'web', image: `web:${template}`, ...(ports !== undefined && { ports }) }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...metadata,
      labels: { app: template, ...hash },
      annotations: {
        ...metadata.annotations,
        ...(deadline !== undefined && { [annotations.scaleDownDeadline]: deadline }),
      },
    },
    spec: {
      replicas: size,
      selector: { matchLabels: { app: template, ...hash } },
      template: { metadata: { labels: { app: template, ...hash } }, spec: { containers: [container] } },
    },
    status: { replicas: available, readyReplicas: available, availableReplicas: available },
  }
}

export const aTemplateService = (template: string, name = `try-${template}`): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: ownMetadata(template, name),
  spec: { selector: { app: template }, ports: [{ port: 8080, targetPort: 8080 }] },
})

/** The status entry of a template with one available pod. */
export const aTemplateStatus = (name: string, change: Partial<TemplateStatus> = {}): TemplateStatus => ({
  name,
  replicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  status: 'Running',
  ...change,
})

/** A run of `shop/try`, as the engine makes it. */
export const aRun = (name: string, phase?: AnalysisPhase, message?: string): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1', ownerReferences: [ownerIsTry] },
  spec: { metrics: [aMetric()] },
  ...(phase !== undefined && { status: { phase, ...(message !== undefined && { message }) } }),
})

export const runsOf = (...runs: readonly AnalysisRun[]): ExperimentWorld['analysisRuns'] =>
  Object.fromEntries(runs.map((run) => [run.metadata.name, run]))
