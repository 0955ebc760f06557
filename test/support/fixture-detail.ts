import type {
  EventView,
  HistoryActionView,
  HistoryEntryView,
  HistoryMomentView,
  HistoryRecordView,
  PodView,
  RevisionView,
  RolloutDetailView,
  RolloutView,
  StepView,
} from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { someAnalyses } from './fixture-analysis.ts'
import { someExperiment } from './fixture-experiment.ts'
import { aForecast } from './fixture-forecast.ts'
import { aToldTimeline } from './fixture-told.ts'
import { trafficOf } from './fixture-traffic.ts'

const SECOND = 1000
const MINUTE = 60_000
const DAY = 86_400_000

const pods = (
  replicaSet: string,
  count: number,
  now: EpochMs,
  more: readonly Partial<PodView>[] = [],
): readonly PodView[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${replicaSet}-${(index * 7919 + 4096).toString(36)}`,
    state: 'ready' as const,
    reason: 'Running',
    restarts: 0,
    createdAt: now - 10 * MINUTE,
    node: `node-${(index % 5) + 1}`,
    ...more[index],
  }))

/** How far an aborted canary had come; of the others nobody knows. */
const abortedAt: Readonly<Record<string, number>> = { 'checkout-api': 4 }

function steps(view: RolloutView, now: EpochMs): readonly StepView[] {
  if (view.strategy === 'blueGreen') {
    return (['preview', 'pause', 'switch', 'scaleDown'] as const).map((text, index) => ({
      index,
      step: { kind: 'blueGreen', text },
      state: view.status === 'Healthy' ? 'done' : index === 0 ? 'current' : 'future',
      tookMs: undefined,
      endedAt: undefined,
      endsAt: undefined,
      canaryPods: undefined,
    }))
  }
  const kinds: readonly StepView['step'][] = [
    { kind: 'setWeight', weight: 5 },
    { kind: 'pause', durationMs: 2 * MINUTE },
    view.name === 'fraud-scoring'
      ? { kind: 'experiment', templates: ['baseline', 'candidate'] }
      : { kind: 'analysis', templates: ['smoke-http'] },
    { kind: 'setWeight', weight: 40 },
    { kind: 'pause', durationMs: 10 * MINUTE },
    { kind: 'setWeight', weight: 60 },
    { kind: 'analysis', templates: ['latency-p99'] },
    { kind: 'setWeight', weight: 80 },
  ]
  const took = [38, 120, 72, 52]
  const endedBefore = [476, 438, 318, 194]
  const done = view.status === 'Aborted' ? (abortedAt[view.name] ?? -1) : (view.stepIndex ?? 0)
  return kinds.slice(0, view.stepCount).map((step, index) => ({
    index,
    step,
    state: index < done ? 'done' : index === done ? (view.status === 'Aborted' ? 'failed' : 'current') : 'future',
    tookMs: index < done ? (took[index] ?? 60) * SECOND : undefined,
    endedAt: index < done ? now - (endedBefore[index] ?? 60) * SECOND : undefined,
    endsAt: index === done ? view.pause?.resumesAt : undefined,
    canaryPods: step.kind === 'setWeight' ? Math.max(1, Math.round((step.weight * 12) / 100)) : undefined,
  }))
}

function revisions(view: RolloutView, now: EpochMs): readonly RevisionView[] {
  const blueGreen = view.strategy === 'blueGreen'
  const base = { available: 0, scaleDownAt: undefined, undo: { open: true } as const, health: 'Healthy' as const }
  const newest: RevisionView = {
    ...base,
    revision: 48,
    replicaSet: `${view.name}-6c7f5d9b88`,
    podHash: '6c7f5d9b88',
    roles: [blueGreen ? 'preview' : 'canary'],
    images: [`registry.shop.io/${view.name}:${view.version ?? ''}`],
    version: view.version,
    createdAt: now - 14 * MINUTE,
    health: view.status === 'Progressing' ? 'Progressing' : 'Healthy',
    desired: 5,
    ready: view.status === 'Progressing' ? 3 : 5,
    pods: pods(
      `${view.name}-6c7f5d9b88`,
      5,
      now,
      view.status === 'Progressing'
        ? [
            {},
            {},
            {},
            { state: 'starting', reason: 'ContainerCreating' },
            { state: 'failing', reason: 'CrashLoopBackOff', restarts: 3 },
          ]
        : [],
    ),
    undo: { open: false, reason: 'This revision is the wanted one.' },
  }
  const current: RevisionView = {
    ...base,
    revision: 47,
    replicaSet: `${view.name}-59d4c7b6fd`,
    podHash: '59d4c7b6fd',
    roles: blueGreen ? ['stable', 'active'] : ['stable'],
    images: [`registry.shop.io/${view.name}:${view.stableVersion ?? ''}`],
    version: view.stableVersion,
    createdAt: now - 6 * DAY,
    desired: 12,
    ready: 12,
    pods: pods(`${view.name}-59d4c7b6fd`, 12, now),
  }
  const old = [46, 45, 44].map(
    (revision, index): RevisionView => ({
      ...base,
      revision,
      replicaSet: `${view.name}-old${revision}`,
      podHash: `old${revision}`,
      roles: [],
      images: [`registry.shop.io/${view.name}:2.30.${3 - index}`],
      version: `2.30.${3 - index}`,
      createdAt: now - (13 + 2 * index) * DAY,
      health: 'ScaledDown',
      desired: 0,
      ready: 0,
      pods: [],
    }),
  )
  return [newest, current, ...old]
}

function events(view: RolloutView, now: EpochMs): readonly EventView[] {
  const told: readonly (readonly [number, EventView['source'], string, string])[] = [
    [192, 'engine', 'RolloutPaused', 'Rollout is paused (CanaryPauseStep)'],
    [194, 'engine', 'RolloutStepCompleted', 'Rollout step 4/8 completed (setWeight: 40)'],
    [210, 'cluster', 'TrafficWeightUpdated', 'Traffic weight updated from 5 to 40'],
    [246, 'engine', 'ScalingReplicaSet', `Scaled up ReplicaSet ${view.name}-6c7f5d9b88 (revision 48) from 1 to 5`],
    [318, 'engine', 'RolloutStepCompleted', 'Rollout step 3/8 completed (analysis: smoke-http)'],
    [438, 'engine', 'RolloutStepCompleted', 'Rollout step 2/8 completed (pause: 2m)'],
    [476, 'engine', 'RolloutStepCompleted', 'Rollout step 1/8 completed (setWeight: 5)'],
    [
      510,
      'cluster',
      'FailedScheduling',
      '0/5 nodes are available: 3 Insufficient cpu, 2 node(s) had untolerated taint.',
    ],
    [520, 'engine', 'NewReplicaSetCreated', `Created ReplicaSet ${view.name}-6c7f5d9b88 (revision 48)`],
    [525, 'person', 'SetImage', 'm.ortega set the image. Weekly train, CHG-20931'],
  ]
  const shown = view.name === 'search-index' ? told.filter(([, source]) => source !== 'person') : told
  return shown.map(([ago, source, reason, message], index) => ({
    id: `event-${index}`,
    at: now - ago * SECOND,
    source,
    type: reason === 'FailedScheduling' ? 'Warning' : 'Normal',
    reason,
    message,
    count: reason === 'FailedScheduling' ? 3 : 1,
  }))
}

/** Rollouts of which no event is shown, each for its own reason. */
const eventsStates: Readonly<Record<string, RolloutDetailView['eventsState']>> = {
  cart: 'read',
  ledger: 'loading',
  'media-encoder': 'forbidden',
}

export function aDetail(view: RolloutView, now: EpochMs): RolloutDetailView {
  return {
    view,
    forecast: aForecast(view, now),
    steps: steps(view, now),
    background: view.name === 'checkout-api' ? { startingStep: 2, templates: ['success-rate', 'latency'] } : undefined,
    traffic: trafficOf(view, now),
    revisions: revisions(view, now),
    events: eventsStates[view.name] === undefined ? events(view, now) : [],
    eventsState: eventsStates[view.name] ?? 'read',
    ...someAnalyses(view, now),
    ...someExperiment(view, now),
    conditions: [
      {
        type: 'Available',
        status: 'True',
        reason: 'AvailableReason',
        message: 'Rollout has minimum availability',
        changedAt: now - 6 * DAY,
      },
      {
        type: 'Paused',
        status: 'True',
        reason: 'RolloutPaused',
        message: 'Rollout is paused',
        changedAt: now - 192_000,
      },
      {
        type: 'Progressing',
        status: 'Unknown',
        reason: 'RolloutPaused',
        message: 'Rollout is paused',
        changedAt: now - 192_000,
      },
      {
        type: 'Healthy',
        status: 'False',
        reason: 'RolloutHealthy',
        message: 'Rollout is not healthy',
        changedAt: now - 14 * MINUTE,
      },
    ],
    containers: [
      { name: 'migrate', image: 'registry.shop.io/migrate:3.1.0', init: true },
      { name: 'api', image: `registry.shop.io/${view.name}:${view.version ?? ''}`, init: false },
    ],
    restartedAt: undefined,
    generation: 61,
  }
}

export function historyEntries(now: EpochMs): readonly HistoryEntryView[] {
  const told: readonly (readonly [string, string, string, string, HistoryEntryView['outcome'], number, number])[] = [
    ['payments-gw', '5.4.1', '5.5.0', 'prod-us-west', 'Aborted', 72, 873],
    ['search-index', '7.2.1', '7.3.0', 'prod-eu-west', 'Completed', 130, 1330],
    ['checkout-api', '2.30.4', '2.31.0', 'canary-eu', 'Completed', 136, 1908],
    ['checkout-api', '2.30.1', '2.30.2', 'prod-eu-west', 'Aborted', 1691, 1160],
    ['cart', '1.18.2', '1.19.0', 'prod-us-east', 'Completed', 1713, 1082],
    ['catalog', '411', '412', 'prod-eu-west', 'Completed', 1742, 555],
    ['media-encoder', '3.8.2', '3.9.0', 'prod-ap-south', 'RolledBack', 2754, 4360],
    ['media-encoder', '3.8.2', '3.9.0', 'prod-eu-west', 'Completed', 2804, 2467],
    ['search-index', '7.1.9', '7.2.0', 'prod-us-west', 'Superseded', 3003, 7451],
    ['ledger', '9.0', '9.1', 'prod-eu-west', 'Completed', 3126, 746],
    ['ledger', '9.0', '9.1', 'prod-us-east', 'Completed', 3129, 769],
    ['storefront-web', '87', '88', 'prod-us-east', 'Completed', 4262, 1724],
    ['fraud-scoring', '1.43', '1.44', 'prod-eu-central', 'Aborted', 4494, 362],
  ]
  return told.map(([name, fromVersion, toVersion, context, outcome, agoMinutes, tookSeconds], index) => ({
    id: `record-${index}`,
    key: `${context}/shop/${name}`,
    context,
    namespace: 'shop',
    name,
    strategy: name === 'catalog' || name === 'ledger' ? 'blueGreen' : 'canary',
    fromVersion,
    toVersion,
    revision: 45,
    outcome,
    startedAt: now - agoMinutes * MINUTE,
    endedAt: now - agoMinutes * MINUTE + tookSeconds * SECOND,
    reason: outcome === 'Aborted' ? 'latency-p99 failed 3 times, limit 2' : undefined,
    actor: index % 3 === 0 ? 'release-bot' : 'm.ortega',
    ...(index === 5 && { actor: undefined, backFilled: true }),
  }))
}

export function aRecord(entry: HistoryEntryView): HistoryRecordView {
  const at = (seconds: number) => entry.startedAt + seconds * SECOND
  const engine = 'engine'
  const timeline: readonly HistoryMomentView[] = [
    {
      at: at(0),
      who: 'release-bot',
      kind: 'action',
      action: 'setImage',
      reason: 'Weekly train, CHG-20817',
      result: 'sent',
    },
    { at: at(0), who: engine, kind: 'status', status: 'Progressing', message: '' },
    { at: at(0), who: engine, kind: 'weight', setWeight: 0, actualWeight: 0 },
    { at: at(0), who: engine, kind: 'step', stepIndex: 0, stepCount: 8 },
    { at: at(5), who: engine, kind: 'pods', canary: 1, stable: 12 },
    { at: at(38), who: engine, kind: 'weight', setWeight: 5, actualWeight: 5 },
    { at: at(38), who: engine, kind: 'step', stepIndex: 1, stepCount: 8 },
    { at: at(38), who: engine, kind: 'status', status: 'Paused', message: 'CanaryPauseStep' },
    { at: at(158), who: engine, kind: 'status', status: 'Progressing', message: '' },
    { at: at(158), who: engine, kind: 'step', stepIndex: 2, stepCount: 8 },
    { at: at(230), who: engine, kind: 'step', stepIndex: 3, stepCount: 8 },
    {
      at: at(252),
      who: engine,
      kind: 'event',
      reason: 'ScalingReplicaSet',
      message: 'Scaled up ReplicaSet from 1 to 3',
      type: 'Normal',
      count: 1,
    },
    { at: at(252), who: engine, kind: 'pods', canary: 3, stable: 12 },
    { at: at(289), who: engine, kind: 'weight', setWeight: 20, actualWeight: 20 },
    {
      at: at(289),
      who: engine,
      kind: 'event',
      reason: 'RolloutStepCompleted',
      message: 'Rollout step 4/8 completed (setWeight: 20)',
      type: 'Normal',
      count: 1,
    },
    { at: at(289), who: engine, kind: 'step', stepIndex: 4, stepCount: 8 },
    { at: at(290), who: engine, kind: 'status', status: 'Paused', message: 'CanaryPauseStep' },
    { at: at(600), who: engine, kind: 'gap', until: at(660), why: 'context unreachable' },
    {
      at: at(980),
      who: engine,
      kind: 'event',
      reason: 'MeasurementFailed',
      message: 'latency-p99 317 ms > 300 ms, failure 1 of 2 allowed',
      type: 'Warning',
      count: 1,
    },
    {
      at: at(1040),
      who: engine,
      kind: 'event',
      reason: 'MeasurementFailed',
      message: 'latency-p99 329 ms > 300 ms, failure 2 of 2 allowed',
      type: 'Warning',
      count: 1,
    },
    {
      at: at(1100),
      who: engine,
      kind: 'event',
      reason: 'MeasurementFailed',
      message: 'latency-p99 338 ms > 300 ms, limit passed',
      type: 'Warning',
      count: 3,
    },
    { at: at(1112), who: engine, kind: 'status', status: 'Aborted', message: '' },
    {
      at: at(1114),
      who: engine,
      kind: 'status',
      status: 'Aborted',
      message: 'RolloutAborted: Rollout aborted update to revision 45',
    },
    { at: at(1112), who: engine, kind: 'weight', setWeight: 0, actualWeight: 0 },
    {
      at: at(1112),
      who: 'm.ortega',
      kind: 'action',
      action: 'abort',
      reason: 'Pool starvation, see INC-4127',
      result: 'sent',
    },
    { at: at(1150), who: engine, kind: 'pods', canary: 0, stable: 12 },
    {
      at: at(1150),
      who: engine,
      kind: 'event',
      reason: 'ScalingReplicaSet',
      message: 'Scaled down ReplicaSet from 3 to 0',
      type: 'Normal',
      count: 1,
    },
  ]
  return {
    entry,
    timeline: entry.backFilled === true ? aToldTimeline(entry) : timeline,
    revisions: [
      { revision: 44, version: entry.fromVersion },
      { revision: 45, version: entry.toVersion },
    ],
  }
}

export function historyActions(now: EpochMs): readonly HistoryActionView[] {
  const told: readonly (readonly [string, string, HistoryActionView['action'], string, string, string, number])[] = [
    ['checkout-api', 'prod-eu-west', 'pause', 'm.ortega', 'Waits for the ledger team', 'sent', 12],
    ['payments-gw', 'prod-us-west', 'abort', 'm.ortega', 'Pool starvation, see INC-4127', 'sent', 60],
    ['payments-gw', 'prod-us-west', 'promote', 'release-bot', '', 'refused: step 2 to 3 changed meanwhile', 61],
    ['cart', 'prod-us-east', 'restart', 'j.lindqvist', '', 'failed: Forbidden, may not patch rollouts.argoproj.io', 94],
    ['catalog', 'prod-eu-west', 'promote', 'release-bot', 'Weekly train, CHG-20817', 'sent', 1744],
    ['media-encoder', 'prod-ap-south', 'undo', 'j.lindqvist', 'Encodes black frames', 'sent', 2760],
  ]
  return told.map(([name, context, action, actor, reason, result, agoMinutes], index) => ({
    id: String(told.length - index),
    at: now - agoMinutes * MINUTE,
    key: `${context}/shop/${name}`,
    context,
    namespace: 'shop',
    name,
    action,
    actor,
    reason,
    host: 'mac-214',
    via: actor === 'release-bot' ? 'cli' : 'window',
    sent: result === 'sent',
    result,
  }))
}
