import { trafficMutations } from './traffic-mutations.ts'

/** One bug, put into one place of the shipped code. */
export interface Mutation {
  readonly name: string
  /** From the root of the project. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
}

const canary = 'main/engine/rollout/canary'
const blueGreen = 'main/engine/rollout/blue-green'
const workloadScaleDown = 'main/engine/rollout/workload-scale-down.ts'

export const mutations: readonly Mutation[] = [
  {
    name: 'the availability check is skipped when draining',
    file: `${canary}/next-counts.ts`,
    find: 'const spare = available - budget.minAvailable',
    replace: 'const spare = available',
  },
  {
    name: 'unready pods count as available',
    file: `${canary}/next-counts.ts`,
    find: 'size < available || isDrained ? size : available',
    replace: 'size',
  },
  {
    name: 'surge is off by one',
    file: 'main/engine/rollout/pod-budget.ts',
    find: 'maxPods: replicas + surge',
    replace: 'maxPods: replicas + surge + 1',
  },
  {
    name: 'old pods do not count towards the surge',
    file: `${canary}/next-counts.ts`,
    find: '(canary.size + stableSize + others.size)',
    replace: '(canary.size + stableSize)',
  },
  {
    name: 'intermediate revisions are drained without looking at availability',
    file: `${canary}/replica-sets.ts`,
    find: 'const drained = Math.min(healthy, Math.max(0, spare))',
    replace: 'const drained = healthy',
  },
  {
    name: 'pods about to go count when intermediate revisions are drained',
    file: `${canary}/replica-sets.ts`,
    find: 'sumOf(release.replicaSets, staying) - podBudget',
    replace: 'sumOf(release.replicaSets, availableOf) - podBudget',
  },
  {
    name: 'a weight counts as reached at the sizes of the next step of the walk',
    file: `${canary}/replica-sets.ts`,
    find: 'const wanted = wantedSplit(release)\n',
    replace: 'const wanted = nextSizes(release)\n',
  },
  {
    name: 'a weight counts as reached without looking',
    file: `${canary}/status.ts`,
    find: 'return traffic.isWeightSent && isAtSplit(release, traffic)',
    replace: 'return traffic.isWeightSent',
  },
  {
    name: 'the step index is off by one',
    file: `${canary}/status.ts`,
    find: '(draft.fields.currentStepIndex ?? index) + 1, steps.length)',
    replace: '(draft.fields.currentStepIndex ?? index) + 2, steps.length)',
  },
  {
    name: 'a new revision goes on at the step of the old one',
    file: 'main/engine/rollout/promotion.ts',
    find: 'currentStepIndex: steps > 0 ? 0 : undefined',
    replace: 'currentStepIndex: steps > 0 ? (situation.status.currentStepIndex ?? 0) : undefined',
  },
  {
    name: 'promoted one step too early',
    file: `${canary}/status.ts`,
    find: 'status.currentStepIndex === steps ?',
    replace: '(status.currentStepIndex ?? 0) >= steps - 1 ?',
  },
  {
    name: 'promoted before its pods are available',
    file: `${canary}/status.ts`,
    find: 'if (!isUp) return undefined\n',
    replace: '',
  },
  {
    name: 'the weight is not reset on abort',
    file: `${canary}/weight.ts`,
    find: 'situation.isAborted ? 0 : weightAt',
    replace: 'weightAt',
  },
  {
    name: 'a canary whose update is not recorded yet has the weight of the one before',
    file: `${canary}/weight.ts`,
    find: 'isReset(situation) ? weightAt(situation, 0) : retreatWeight(situation)',
    replace: 'retreatWeight(situation)',
  },
  {
    name: 'the step index is not reset on abort',
    file: `${canary}/status.ts`,
    find: 'if (isAborted(draft, release)) return atStep(draft, release, 0)\n',
    replace: 'if (isAborted(draft, release)) return draft\n',
  },
  {
    name: 'an aborted canary may be promoted',
    file: `${canary}/status.ts`,
    find: 'if (isAborted(draft, release)) return undefined\n',
    replace: '',
  },
  {
    name: 'a timed pause is over when it begins',
    file: `${canary}/pause-step.ts`,
    find: 'return now > expiresAt ?',
    replace: 'return now >= startedAt ?',
  },
  {
    name: 'a pause step that was never entered counts as resumed',
    file: `${canary}/pause-step.ts`,
    find: "controllerPause === true && pauseConditions.length === 0 ? 'resumed' : 'entering'",
    replace: "'resumed'",
  },
  {
    name: 'nothing wakes the engine at the end of a timed pause',
    file: `${canary}/reconcile.ts`,
    find: "pause.state === 'waiting' ? pause.resumesAt : undefined",
    replace: 'undefined',
  },
  {
    name: 'a pause by hand does not hold canary pods',
    file: `${canary}/replica-sets.ts`,
    find: 'if (pauses || isHalted(release))\n',
    replace: 'if (pauses)\n',
  },
  {
    name: 'the active Service is switched before the new pods are all available',
    file: `${blueGreen}/active-service.ts`,
    find: 'if (!isReady(release) || !isSaturated(currentRS, replicas)) return present\n',
    replace: '',
  },
  {
    name: 'the active Service does not go back on abort',
    file: `${blueGreen}/active-service.ts`,
    find: 'return isStableUp ? podHashOf(stableRS) : present',
    replace: 'return present',
  },
  {
    name: 'a manual promotion does not wait for anybody',
    file: `${blueGreen}/pause.ts`,
    find: 'return status.controllerPause === true && (status.pauseConditions ?? []).length === 0',
    replace: 'return true',
  },
  {
    name: 'a preview that takes no pause waits for one',
    file: `${blueGreen}/status.ts`,
    find: 'isFastTracked(release) || (isPauseComplete(release)',
    replace: '(isPauseComplete(release)',
  },
  {
    name: 'autoPromotionSeconds are milliseconds',
    file: `${blueGreen}/pause.ts`,
    find: 'startedAt + seconds * 1000 : undefined',
    replace: 'startedAt + seconds : undefined',
  },
  {
    name: 'the ReplicaSet behind the active Service counts as old',
    file: 'main/engine/rollout/replica-set/referenced.ts',
    find: 'return hashes.includes(podHashOf(rs))',
    replace: 'return hashes.length === 0',
  },
  {
    name: 'old ReplicaSets are never scaled down',
    file: 'main/engine/rollout/replica-set/scale-down-delay.ts',
    find: ": { rs, size: 0, because: 'REC-111' }\n",
    replace: ": { rs, size: sizeOf(rs), because: 'REC-111' }\n",
  },
  {
    name: 'stable ReplicaSets count as history',
    file: 'main/engine/rollout/replica-set/history-limit.ts',
    find: 'planHistoryCleanup({ otherRSs, spec }: Situation)',
    replace: 'planHistoryCleanup({ replicaSets: otherRSs, spec }: Situation)',
  },
  {
    name: 'history is deleted with its pods',
    file: 'main/engine/rollout/replica-set/history-limit.ts',
    find: '    .filter(isIdle)\n',
    replace: '',
  },
  {
    name: 'revisions are not renewed on going back',
    file: 'main/engine/rollout/revision.ts',
    find: '(revision ?? 0) < target && {',
    replace: '(revision ?? 0) > target && {',
  },
  {
    name: 'ReplicaSets are written whatever became of them',
    file: 'main/engine/rollout/write.ts',
    find: '...(object.metadata.resourceVersion !== undefined && { resourceVersion: object.metadata.resourceVersion }),\n',
    replace: '',
  },
  {
    name: 'a changed generation is never observed',
    file: 'main/engine/rollout/status/persist.ts',
    find: 'observedGeneration: String(rollout.metadata.generation ?? 0),\n',
    replace: 'observedGeneration: fields.observedGeneration,\n',
  },
  {
    name: 'every round renews the condition Progressing',
    file: 'main/engine/rollout/status/condition-list.ts',
    find: 'present.status === wanted.status && present.reason === wanted.reason) return conditions',
    replace: "present.status === wanted.status && wanted.type !== 'Available') return conditions",
  },
  {
    name: 'a replicas-only round starts the attempt anew',
    file: 'main/engine/rollout/status/persist.ts',
    find: "scope === 'full' ? nextDuration",
    replace: 'scope !== undefined ? nextDuration',
  },
  {
    name: 'a later revision scales the Deployment too',
    file: workloadScaleDown,
    find: 'deployment === undefined || revisionOf(currentRS) !== 1',
    replace: 'deployment === undefined || revisionOf(currentRS) === 0',
  },
  {
    name: 'the Deployment is emptied before the Rollout is Healthy',
    file: workloadScaleDown,
    find: "status.phase === 'Healthy' && isFullyPromoted && availableOf(currentRS) >= replicas",
    replace: 'isFullyPromoted && replicas > 0',
  },
  {
    name: 'the Deployment gives up a pod too many',
    file: workloadScaleDown,
    find: 'Math.max(0, replicas - ready)',
    replace: 'Math.max(0, replicas - ready - 1)',
  },
  {
    name: 'the Deployment keeps a pod too many',
    file: workloadScaleDown,
    find: 'Math.max(0, replicas - ready)',
    replace: 'Math.max(1, replicas - ready)',
  },
  {
    name: 'the Deployment gives up pods that were ready a round ago',
    file: workloadScaleDown,
    find: 'const ready = readyOf(currentRS)',
    replace: "const ready = status.phase === 'Healthy' ? replicas : (status.readyReplicas ?? 0)",
  },
  {
    name: 'the Deployment is replaced whatever became of it',
    file: workloadScaleDown,
    find: 'const scaled = { ...deployment, apiVersion,',
    replace: "const scaled = { ...deployment, metadata: { name: 'lent', namespace: 'shop' }, apiVersion,",
  },
  {
    name: 'what is seen of the Deployment is not told',
    file: 'main/engine/rollout/workload-ref.ts',
    find: 'String(workload.metadata.generation ?? 0)',
    replace: 'String(rollout.status?.workloadObservedGeneration ?? workload.metadata.generation ?? 0)',
  },
  {
    name: 'changes of Deployments wake nobody',
    file: 'main/controller/dirty-rollouts.ts',
    find: "this.#follow('deployments', (object) => this.#onReferenced(",
    replace: "this.#follow('deployments', (object) => object.kind === 'Nobody' && this.#onReferenced(",
  },
  {
    name: 'a canary goes on where blue-green was',
    file: 'main/engine/rollout/update.ts',
    find: 'situation.status.currentStepHash !== currentStepHash(situation)',
    replace: '(situation.status.currentStepHash ?? currentStepHash(situation)) !== currentStepHash(situation)',
  },
  {
    name: 'a pause at a canary step outlives the strategy',
    file: 'main/engine/rollout/status/pause-and-abort.ts',
    find: ": conditions.filter(({ reason }) => reason !== 'CanaryPauseStep')",
    replace: ': conditions',
  },
  {
    name: 'a canary that becomes blue-green is stable at once',
    file: `${blueGreen}/status.ts`,
    find: "(activeHash === '' && stableRS === currentRS)",
    replace: "activeHash === ''",
  },
  {
    name: 'Services of the strategy before are kept',
    file: 'main/controller/dirty-rollouts.ts',
    find: 'filter((name) => !kept.includes(name))',
    replace: 'filter((name) => isGone && !kept.includes(name))',
  },
  {
    name: 'the status of blue-green outlives it',
    file: 'main/engine/rollout/status/draft.ts',
    find: '      blueGreen: {},\n',
    replace: '      blueGreen: { ...status.blueGreen },\n',
  },
  {
    name: 'own writes are not waited for',
    file: 'main/controller/stale-guard.ts',
    find: 'return pending.length > 0',
    replace: 'return false',
  },
  {
    name: 'what is asked for during a stop never begins',
    file: 'main/controller/engine.ts',
    find: '    this.#stopping--\n    if (this.#stopping === 0) this.#begin()\n',
    replace: '    this.#stopping--\n',
  },
  {
    name: 'a lost lease does not stop the writing',
    file: 'main/controller/engine.ts',
    find: 'return this.#driving && this.#rival === undefined && this.#lease.isValid()',
    replace: 'return this.#rival === undefined',
  },
  {
    name: 'a controller without a lease is not noticed',
    file: 'main/controller/ownership.ts',
    find: '(!each.electsLeader || each.leaseNamespace !== ours.leaseNamespace),',
    replace: 'each.electsLeader && each.leaseNamespace !== ours.leaseNamespace,',
  },
  {
    name: 'a sleep goes unnoticed',
    file: 'main/controller/lease.ts',
    find: 'elapsedMs < this.#timings.renewDeadlineMs && Math.abs(wallElapsedMs - elapsedMs) <= divergenceMsMax',
    replace: 'elapsedMs < this.#timings.renewDeadlineMs',
  },
  {
    name: 'a lease counts as expired at once',
    file: 'main/controller/lease.ts',
    find: '(leaseDurationSeconds ?? this.#timings.durationMs / 1000) * 1000',
    replace: '(leaseDurationSeconds ?? this.#timings.durationMs / 1000) * 100',
  },
  {
    name: 'a round is dropped with the pod that was gone',
    file: 'main/controller/runner.ts',
    find: "if (failure.kind === 'NotFound' && write.kind !== 'event'",
    replace: "if (failure.kind !== 'NotFound' && write.kind !== 'event' && failure.kind === 'Gone'",
  },
  {
    name: 'a failed write is forgotten',
    file: 'main/controller/runner.ts',
    find: "    case 'ServerError':\n      return { kind: 'failed' }",
    replace: "    case 'ServerError':\n      return { kind: 'settled', requeueAt: undefined }",
  },
  {
    name: 'writes go on after one failed',
    file: 'main/controller/apply-writes.ts',
    find: "return failure({ kind: 'failed', write, failure: outcome.error })\n",
    replace: 'continue\n',
  },
  {
    name: 'an event during a round is lost',
    file: 'main/controller/queue.ts',
    find: "else if (entry.state === 'running') entry.dirty = true",
    replace: "else if (entry.state === 'running') entry.dirty = false",
  },
  {
    name: 'changes of ReplicaSets wake nobody',
    file: 'main/controller/dirty-rollouts.ts',
    find: "this.#follow('replicaSets', (object) => this.#onOwned(object))\n",
    replace: "this.#cluster.cache('replicaSets')\n",
  },
  {
    name: 'after 410 the old list is kept',
    file: 'main/cluster/reflector.ts',
    find: 'for (const [key, object] of this.#objects) if (!listed.has(key)) this.#remove(object)\n',
    replace: '',
  },
  {
    name: 'a step is analysed when its run has begun',
    file: `${canary}/status.ts`,
    find: "if (step.analysis !== undefined) return phaseOf(analysis.runs.Step) === 'Successful'",
    replace: "if (step.analysis !== undefined) return phaseOf(analysis.runs.Step) !== ''",
  },
  {
    name: 'a blue-green update is stable before its last analysis',
    file: `${blueGreen}/status.ts`,
    find: 'isAborted(draft, release) || !isAnalysed ?',
    replace: 'isAborted(draft, release) ?',
  },
  {
    name: 'an analysis in error ends no update',
    file: 'main/engine/rollout/analysis/turn.ts',
    find: "if (phase !== 'Failed' && phase !== 'Error') return kept(run)",
    replace: "if (phase !== 'Failed') return kept(run)",
  },
  {
    name: 'an analysis in error is measured for ever',
    file: 'main/engine/analysis/metric-phase.ts',
    find: 'if (consecutiveError > errorLimit)',
    replace: 'if (consecutiveError > errorLimit + 1000)',
  },
  ...trafficMutations,
]

export function mutationNamed(name: string): Mutation {
  const found = mutations.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no mutation "${name}"`)
  return found
}
