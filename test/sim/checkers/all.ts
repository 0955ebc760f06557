import type { Checker } from '../checker.ts'
import { abortOnStable } from './abort-on-stable.ts'
import { analysisDecides } from './analysis-decides.ts'
import { converges } from './converges.ts'
import { heldToWhatWasSeen } from './held-to-what-was-seen.ts'
import { historyKept } from './history-kept.ts'
import { noPauseLost } from './no-pause-lost.ts'
import { oneReplicaSetPerRevision } from './one-replica-set-per-revision.ts'
import { oneWriter } from './one-writer.ts'
import { podsStayWithRequests } from './pods-stay-with-requests.ts'
import { podsWithinBounds } from './pods-within-bounds.ts'
import { routesAsTold } from './routes-as-told.ts'
import { routesLeadToPods } from './routes-lead-to-pods.ts'
import { stepsForward } from './steps-forward.ts'
import { trafficOnReadyPods } from './traffic-on-ready-pods.ts'
import { weightsSum } from './weights-sum.ts'
import { workloadHandedOver } from './workload-handed-over.ts'

/** All properties, fresh for one run. */
export const newCheckers = (): readonly Checker[] => [
  podsWithinBounds(),
  trafficOnReadyPods(),
  weightsSum(),
  routesLeadToPods(),
  podsStayWithRequests(),
  routesAsTold(),
  oneWriter(),
  stepsForward(),
  noPauseLost(),
  abortOnStable(),
  oneReplicaSetPerRevision(),
  heldToWhatWasSeen(),
  historyKept(),
  workloadHandedOver(),
  analysisDecides(),
  converges(),
]
