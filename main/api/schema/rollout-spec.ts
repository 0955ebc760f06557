import { blueGreenStrategy } from './blue-green-strategy.ts'
import { canaryStrategy } from './canary-strategy.ts'
import { labelSelector, podTemplate } from './pod-template.ts'
import { flag, int32, object, type Schema, text, time } from './schema.ts'

/** Immutable (API-5). */
const selector: Schema = {
  ...labelSelector(
    'Which pods belong to this Rollout. It must match the labels of the template, and cannot be changed.',
  ),
  'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: '.spec.selector is immutable' }],
}

const workloadRef = object('Takes the pod template from a workload that exists already, in place of template.', {
  apiVersion: text('Group and version of the workload, such as apps/v1.'),
  kind: text('Deployment, ReplicaSet or PodTemplate.'),
  name: text('The name of the workload, in the same namespace.'),
  scaleDown: text(
    'When the pods of the workload itself go: never, onsuccess (when the Rollout is healthy) or progressively (as its own come up).',
  ),
})

export const rolloutSpec: Schema = object('What is wanted.', {
  analysis: object('How many finished AnalysisRuns and Experiments are kept.', {
    successfulRunHistoryLimit: int32('Successful ones to keep; 5 when absent.'),
    unsuccessfulRunHistoryLimit: int32('Failed, inconclusive and erroneous ones to keep; 5 when absent.'),
  }),
  minReadySeconds: int32(
    'Seconds that a pod must be ready without a break before it counts as available; 0 when absent.',
  ),
  paused: flag('Stops the roll-out where it is until this is false again. Scaling goes on.'),
  progressDeadlineAbort: flag('Aborts the roll-out when the progress deadline passes.'),
  progressDeadlineSeconds: int32('Seconds without progress after which the Rollout is degraded; 600 when absent.'),
  replicas: int32('Wanted pods; 1 when absent.'),
  restartAt: time('Pods created before this moment are replaced, a few at a time.'),
  revisionHistoryLimit: int32('Old ReplicaSets to keep for going back to; 10 when absent.'),
  rollbackWindow: object('Going back to one of the newest revisions skips steps and analysis.', {
    revisions: int32('How many revisions back are near enough.'),
  }),
  selector,
  strategy: object('How a new version replaces the old one: exactly one of the two.', {
    blueGreen: blueGreenStrategy,
    canary: canaryStrategy,
  }),
  template: podTemplate(
    'What the pods look like, as in a Deployment. A change of it begins a roll-out. `kubectl explain pod.spec` tells more.',
  ),
  workloadRef,
})
