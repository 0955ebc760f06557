import { rolloutAnalysis } from './analysis-reference.ts'
import { labelsAndAnnotations } from './pod-template.ts'
import { flag, int32, intOrString, object, type Schema, text } from './schema.ts'

/** Shared with the canary strategy. */
export const antiAffinity: Schema = object(
  'Keeps pods of the new version off nodes with pods of the old one, or the other way round.',
  {
    preferredDuringSchedulingIgnoredDuringExecution: object(
      'As a preference of the scheduler.',
      {
        weight: int32('How strong the preference is, from 1 to 100.'),
      },
      ['weight'],
    ),
    requiredDuringSchedulingIgnoredDuringExecution: object('As a condition: pods wait for a node that fulfils it.', {}),
  },
)

export const scaleDownDelays = {
  abortScaleDownDelaySeconds: int32(
    'Seconds that the pods of an aborted version stay; 30 when absent, 0 keeps them until the next roll-out.',
  ),
  scaleDownDelayRevisionLimit: int32('Old ReplicaSets that may wait for their delay at the same time.'),
  scaleDownDelaySeconds: int32(
    'Seconds that the pods of the version before stay after traffic left them; 30 when absent.',
  ),
}

export const blueGreenStrategy: Schema = object(
  'A full set of new pods is started beside the old one, and traffic is switched over at once.',
  {
    ...scaleDownDelays,
    activeMetadata: labelsAndAnnotations('Put on the pods that have the traffic, as long as they have it.'),
    activeService: text('The Service with the traffic. Its selector is switched over.'),
    antiAffinity,
    autoPromotionEnabled: flag(
      'Whether the switch is made without asking, as soon as the new pods are available; true when absent.',
    ),
    autoPromotionSeconds: int32('Seconds after which the switch is made even if nobody promotes.'),
    maxUnavailable: intOrString('Pods, as a number or a percentage, that may be missing while pods are restarted.'),
    postPromotionAnalysis: rolloutAnalysis('Runs after the switch; if it fails, traffic goes back.'),
    prePromotionAnalysis: rolloutAnalysis('Runs before the switch, which waits for its success.'),
    previewMetadata: labelsAndAnnotations('Put on the new pods until they have the traffic.'),
    previewReplicaCount: int32('Pods of the new version before the switch; all of them when absent.'),
    previewService: text('A Service that selects the new pods before the switch.'),
  },
  ['activeService'],
)
