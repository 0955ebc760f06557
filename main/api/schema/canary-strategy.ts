import { backgroundAnalysis } from './analysis-reference.ts'
import { antiAffinity, scaleDownDelays } from './blue-green-strategy.ts'
import { canaryStep } from './canary-step.ts'
import { labelsAndAnnotations } from './pod-template.ts'
import { flag, int32, intOrString, list, object, type Schema, text } from './schema.ts'
import { trafficRouting } from './traffic-routing.ts'

export const canaryStrategy: Schema = object('New pods take over step by step.', {
  ...scaleDownDelays,
  analysis: backgroundAnalysis('Runs beside the steps; if it fails, the roll-out is aborted.'),
  antiAffinity,
  canaryMetadata: labelsAndAnnotations('Put on the canary pods as long as they are canary.'),
  canaryService: text('A Service that selects the canary pods.'),
  dynamicStableScale: flag('Stable pods make room as traffic leaves them. Needs a traffic router.'),
  maxSurge: intOrString(
    'Pods above the wanted number while pods are replaced, as a number or a percentage; 25% when absent.',
  ),
  maxUnavailable: intOrString(
    'Pods below the wanted number while pods are replaced, as a number or a percentage; 25% when absent.',
  ),
  minPodsPerReplicaSet: int32('A ReplicaSet with traffic never has fewer pods than this. Needs a traffic router.'),
  pingPong: object(
    'Two Services that take turns in being canary and stable. Needs a traffic router that supports it.',
    {
      pingService: text('One of them.'),
      pongService: text('The other.'),
    },
    ['pingService', 'pongService'],
  ),
  replicaProgressThreshold: object(
    'How much of the canary must be available before a step counts as done; all of it when absent.',
    {
      type: text('Percent or Pods: the unit of value.'),
      value: int32('Percent of the canary pods, or a number of them.'),
    },
    ['type', 'value'],
  ),
  stableMetadata: labelsAndAnnotations('Put on the stable pods as long as they are stable.'),
  stableService: text('A Service that selects the stable pods.'),
  steps: list(
    'The way of a new version, from the first step to the last; without steps it is a plain rolling update.',
    canaryStep,
  ),
  trafficRouting,
})
