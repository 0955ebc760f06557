import { analysisArguments, analysisRunMetadata, dryRun, measurementRetention } from './analysis-reference.ts'
import { labelSelector, podTemplate } from './pod-template.ts'
import { conditions } from './rollout-status.ts'
import { flag, int32, list, object, type Schema, text, time } from './schema.ts'

const template = object(
  'One set of pods.',
  {
    minReadySeconds: int32('Seconds that a pod must be ready without a break before it counts as available.'),
    name: text('A name that no other set of the experiment has.'),
    replicas: int32('Its pods; 1 when absent.'),
    selector: labelSelector('Its pods. It must match the labels of its template and no other pods.'),
    service: object('Makes a Service for it.', { name: text('The name of the Service; made up when absent.') }),
    template: podTemplate('What its pods look like, as in a Deployment. `kubectl explain pod.spec` tells more.'),
  },
  ['name', 'selector', 'template'],
)

const analysis = object(
  'One analysis.',
  {
    args: analysisArguments,
    clusterScope: flag('The template is a ClusterAnalysisTemplate.'),
    name: text('A name that no other analysis of the experiment has.'),
    requiredForCompletion: flag('The experiment goes on until this analysis is done.'),
    templateName: text('The name of the template.'),
  },
  ['name', 'templateName'],
)

export const experimentSpec: Schema = object(
  'What is tried.',
  {
    analyses: list('Analyses to run beside the pods.', analysis),
    analysisRunMetadata,
    dryRun,
    duration: text('How long it runs once its pods are available, such as 20m; without end when absent.'),
    measurementRetention,
    progressDeadlineSeconds: int32('Seconds without progress after which it has failed; 600 when absent.'),
    scaleDownDelaySeconds: int32('Seconds that its pods stay after its end; 30 when absent.'),
    templates: list('The sets of pods it starts.', template),
    terminate: flag('Ends the experiment now.'),
  },
  ['templates'],
)

const templateStatus = object(
  'One set of pods.',
  {
    availableReplicas: int32('Pods ready for at least minReadySeconds.'),
    collisionCount: int32('How often a pod template hash was taken already.'),
    lastTransitionTime: time('When status changed last.'),
    message: text('Why status is what it is.'),
    name: text('Its name.'),
    podTemplateHash: text('The hash of its pod template.'),
    readyReplicas: int32('Pods that are ready.'),
    replicas: int32('Pods that have not ended.'),
    serviceName: text('Its Service.'),
    status: text('Progressing, Running, Successful, Failed or Error.'),
    updatedReplicas: int32('Pods of its present template.'),
  },
  ['availableReplicas', 'name', 'readyReplicas', 'replicas', 'updatedReplicas'],
)

const analysisRun = object(
  'One analysis.',
  {
    analysisRun: text('The AnalysisRun.'),
    message: text('What it says of its outcome.'),
    name: text('Its name in the spec.'),
    phase: text('Its phase.'),
  },
  ['analysisRun', 'name', 'phase'],
)

export const experimentStatus: Schema = object('How it goes.', {
  analysisRuns: list('How the analyses do.', analysisRun),
  availableAt: time('When all its pods had become available; its duration counts from here.'),
  conditions,
  message: text('Why phase is what it is.'),
  phase: text('Pending, Running, Successful, Failed, Error or Inconclusive.'),
  templateStatuses: list('How the sets of pods do.', templateStatus),
})
