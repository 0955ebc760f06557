import { usualMigration } from '#contract/migration-views.ts'
import type { PlanView } from '#contract/plan-views.ts'
import type { Channel, Input, Output } from '#contract/requests.ts'
import type { Message, StreamName, Topic } from '#contract/streams.ts'
import type {
  ClusterView,
  ForecastPathView,
  HistoryEntryView,
  Notice,
  RolloutDetailView,
  RolloutView,
} from '#contract/views.ts'
import { type ActionName, type Availability, actionNames } from '#contract/views.ts'
import { failure, success } from '#lib/outcome.ts'
import { aBundleView } from '#test/support/fixture-bundle.ts'
import { drivePreview } from '#test/support/fixture-drive.ts'
import { aWriteDetail } from '#test/support/fixture-writes.ts'
import { diffSamples } from './diff-samples.ts'

/** One input and one answer for every channel, one topic and one message for every stream: a new one without a sample does not compile. */

const key = 'prod%2Feu/shop/checkout'
const at = 1_768_471_200_000

const wish = { kind: 'rollout', key, run: 'r1' } as const
const bundleView = aBundleView(at)

const closed: Availability = { open: false, reason: 'Retry is open after an abort.' }
const actions = Object.fromEntries(actionNames.map((name) => [name, closed])) as Record<ActionName, Availability>

export const sampleView: RolloutView = {
  key,
  context: 'prod/eu',
  namespace: 'shop',
  name: 'checkout',
  uid: 'u-1',
  strategy: 'canary',
  status: 'Paused',
  phase: 'Paused',
  message: 'CanaryPauseStep',
  stepIndex: 1,
  stepCount: 4,
  setWeight: 20,
  actualWeight: 20,
  maxWeight: 100,
  replicas: { desired: 5, current: 5, updated: 1, ready: 5, available: 5 },
  preview: undefined,
  pause: { reason: 'CanaryPauseStep', startedAt: at, resumesAt: undefined },
  analysis: { name: 'checkout-abc-7-1', kind: 'Step', phase: 'Running' },
  revision: 7,
  stableRevision: 6,
  stableVersion: '1.4.0',
  version: '1.5.0',
  currentPodHash: 'abc',
  stableRS: 'def',
  since: at,
  why: [{ cause: 'stepPause', object: { kind: 'Rollout', name: 'web' }, since: at, values: { done: 1, steps: 4 } }],
  drift: false,
  actions,
}

const cluster: ClusterView = {
  context: 'prod/eu',
  server: 'https://127.0.0.1:6443',
  user: 'sre',
  version: 'v1.33.0',
  connection: { state: 'connected', since: at },
  engine: 'observed',
  lease: undefined,
  protected: true,
  group: '',
  rolloutCount: 1,
  requestCount: 9,
  objectCount: 12,
  sandbox: false,
}

const path: ForecastPathView = {
  stages: [{ kind: 'pods', step: undefined, from: at, until: at + 9000 }],
  end: { how: 'healthy', step: undefined, at: at + 9000, restsAt: at + 9000, usual: undefined },
  podStartMs: 3000,
}

const detail: RolloutDetailView = {
  view: sampleView,
  forecast: {
    state: 'foreseen',
    ...path,
    writes: [{ at, summary: 'Scale up', because: 'CAN-12', verb: 'patch', kind: 'ReplicaSet', name: 'web-1' }],
    writeCount: 7,
    elapsed: { startedAt: at, now: 'working', since: at, pausedMs: 0, waitingMs: 500 },
    ifPromoted: undefined,
    ifPromotedFully: { ...path.end, usual: { about: at + 10_000, by: at + 20_000, runs: 6 } },
  },
  steps: [
    {
      index: 0,
      step: { kind: 'setWeight', weight: 20 },
      state: 'done',
      tookMs: 1200,
      endedAt: at,
      endsAt: undefined,
      canaryPods: 1,
    },
  ],
  background: { startingStep: 0, templates: ['smoke'] },
  traffic: {
    kind: 'router',
    source: 'VirtualService checkout',
    desiredWeight: 20,
    actualWeight: 20,
    maxWeight: 100,
    written: { weight: 20, additional: [{ service: 'checkout-baseline', weight: 5 }], verified: undefined },
    routing: {
      drift: { weight: undefined, written: 20, manager: 'kubectl-edit', at: undefined },
      objects: [
        {
          kind: 'VirtualService',
          name: 'checkout',
          cluster: 'prod-mesh',
          exists: true,
          weight: 'unclear',
          stepRoutes: [{ kind: 'mirror', name: 'mir', conditions: ['GET /'], percentage: 35, state: 'made' }],
        },
      ],
      unread: [],
      concerns: [],
      withoutPods: [{ stepIndex: 0, name: 'hdr' }],
    },
    canaryPods: 1,
    stablePods: 4,
    services: [],
  },
  revisions: [],
  events: [],
  eventsState: 'loading',
  analysisRuns: [],
  analysisState: 'forbidden',
  experiment: undefined,
  experimentState: 'read',
  conditions: [],
  containers: [{ name: 'app', image: 'shop/checkout:1.5.0', init: false }],
  restartedAt: undefined,
  generation: 8,
}

const entry: HistoryEntryView = {
  id: 'r1',
  key,
  context: 'prod/eu',
  namespace: 'shop',
  name: 'checkout',
  strategy: 'canary',
  fromVersion: '1.4.0',
  toVersion: '1.5.0',
  revision: 7,
  outcome: 'Running',
  startedAt: at,
  endedAt: undefined,
  reason: 'ticket 12 – „Umlaute“ 与 emoji 🚢',
  actor: 'sre',
}

const plan: PlanView = {
  id: '01JQ0000000000000000000000',
  name: 'checkout 1.5',
  phase: 'Running',
  since: at,
  holds: [{ reason: 'Manual', since: at, text: 'lunch', by: 'ann@desk' }],
  change: ['web=web:1.5'],
  home: { context: 'prod/eu', namespace: 'argo-rollouts' },
  createdBy: 'ann@desk/1',
  createdAt: at,
  waves: [],
  driver: { state: 'elsewhere', holder: 'bob@lap/2' },
  request: { by: 'ann@desk', at, until: at + 300_000, reason: 'mine', side: 'ours', keptBy: undefined },
  unread: undefined,
  waveViews: [],
  explanation: [{ because: 'W1', text: 'waits for b', wave: undefined, member: 'a' }],
  nextActs: [{ member: 'a', kind: 'promote', summary: 'Promote a', because: 'W1' }],
  events: [{ at, text: 'wave pilot: Active', wave: 0, member: undefined, severity: 'info' }],
}

const notice: Notice = { id: 'n', severity: 'info', title: 'Sandbox', detail: 'No kubeconfig was found.' }

const intent = { uid: 'u-1', currentPodHash: 'abc', stableRS: 'def', stepIndex: 1, abort: false, paused: false }

export const requestSamples: { readonly [K in Channel]: { readonly input: Input<K>; readonly output: Output<K> } } = {
  'app.info': {
    input: undefined,
    output: { version: '0.1.0', host: 'browser', sandbox: true, notices: [notice], kubeconfigPaths: [] },
  },
  'fleet.snapshot': { input: undefined, output: { seq: 3, rollouts: { [key]: sampleView } } },
  'clusters.list': { input: undefined, output: [cluster] },
  'cluster.drive': { input: { context: 'prod/eu', drive: true }, output: success(undefined) },
  'cluster.ask': { input: { context: 'prod/eu', reason: 'mine' }, output: success(undefined) },
  'cluster.answer': { input: { context: 'prod/eu', handOver: true, reason: '' }, output: success(undefined) },
  'plan.ask': { input: { id: '01J', reason: 'mine' }, output: success(undefined) },
  'plan.answer': { input: { id: '01J', handOver: true, reason: '' }, output: success(undefined) },
  'cluster.drive.preview': {
    input: { context: 'prod/eu', drive: true },
    output: success(drivePreview('prod/eu', true, at)),
  },
  'cluster.retry': {
    input: { context: 'prod/eu' },
    output: { ok: false, error: { kind: 'Unreachable', message: 'connection refused', since: at } },
  },
  'cluster.crds.preview': { input: { context: 'prod/eu' }, output: success([]) },
  'cluster.crds.install': { input: { context: 'prod/eu' }, output: success(undefined) },
  'rollout.detail': { input: { key }, output: success(detail) },
  'analysis.evaluate': {
    input: { key, run: 'checkout-abc-7-1', metric: 'rate', expression: 'result[0] >= 0.95' },
    output: success({
      problem: undefined,
      verdicts: [
        { at, says: 'true', type: 'bool', text: 'true' },
        { at: at + 1, says: 'error', type: '', text: 'index out of range: 0 (array length is 0)' },
      ],
    }),
  },
  'workload.detail': {
    input: { key: `${key}/Deployment` },
    output: success({
      view: { ...sampleView, key: `${key}/Deployment`, kind: 'Deployment' },
      updateStrategy: 'Recreate',
      revisions: [
        {
          revision: 3,
          name: 'checkout-6c7f5d9b88',
          isCurrent: false,
          images: ['shop/checkout:1.4.0'],
          version: '1.4.0',
          createdAt: at,
          ready: 0,
          desired: 0,
          cause: undefined,
          undo: { open: true },
        },
      ],
      revisionsState: 'read',
      pods: [],
      events: [],
      eventsState: 'forbidden',
      conditions: [],
      containers: [],
    }),
  },
  'workloads.show': { input: { context: 'prod/eu', shown: false }, output: success(undefined) },
  'migration.preview': {
    input: { action: 'makeRollout', key: `${key}/Deployment`, options: usualMigration },
    output: {
      open: true,
      seen: 'u-1  abc',
      steps: [{ summary: 'Create Rollout checkout', state: 'next', write: undefined, progress: undefined }],
      effects: [],
      warnings: ['No engine drives Rollouts here'],
      services: ['checkout'],
      guard: { typedName: true, again: false, reasonFor: undefined, closed: undefined },
    },
  },
  'migration.begin': {
    input: {
      action: 'backToDeployment',
      key,
      options: { ...usualMigration, strategy: 'blueGreen', activeService: 'checkout' },
      seen: 'u-1  abc',
      reason: 'slow',
      assurance: { typed: 'prod/eu' },
    },
    output: { ok: false, error: { kind: 'notOpen', reason: 'It is under way' } },
  },
  'migration.state': {
    input: { key },
    output: { state: 'stopped', steps: [], refusal: { kind: 'movedOn', changed: ['it is another one'] } },
  },
  'action.preview': {
    input: {
      action: 'setImage',
      targets: [key],
      parameters: {
        toRevision: 3,
        images: [{ container: 'web', image: 'registry:5000/web@sha256:0123' }],
        allSteps: true,
        resume: false,
        delay: '1h30m',
      },
    },
    output: [{ key, open: true, intent, writes: [], effects: ['Step 2 of 4 begins.'], warnings: [], follows: path }],
  },
  'action.send': {
    input: { action: 'abort', targets: [{ key, intent }], parameters: {}, reason: 'errors rise' },
    output: [{ key, sent: false, refusal: { kind: 'movedOn', changed: ['step 1 → 2'] } }],
  },
  ...diffSamples,
  'history.list': { input: { limit: 50, before: at }, output: success([entry]) },
  'history.actions': {
    input: { limit: 50, before: at, name: 'checkout', contexts: ['prod/eu'], filter: 'abort' },
    output: success([
      {
        id: '1',
        at,
        key,
        context: 'prod/eu',
        namespace: 'shop',
        name: 'checkout',
        action: 'abort',
        actor: 'sre',
        reason: '',
        via: 'cli',
        sent: false,
        result: 'refused: the rollout is not there',
      },
    ]),
  },
  'history.statistics': {
    input: { filter: 'app:checkout', since: 0, bucket: 'week', troubles: 20 },
    output: failure({ kind: 'unknownTerm', term: 'clustr', text: 'clustr:prod' }),
  },
  'history.record': {
    input: { id: 'r1' },
    output: success({
      entry,
      timeline: [{ at, who: 'engine', kind: 'weight', setWeight: 20, actualWeight: 0 }],
      revisions: [{ revision: 7, version: '1.5.0' }],
    }),
  },
  'history.film': {
    input: { key: 'prod%2Feu/shop/checkout', from: at, until: at + 60_000 },
    output: success({
      key: 'prod%2Feu/shop/checkout',
      from: at,
      until: at + 60_000,
      first: null,
      changes: [{ at: at + 1000, patch: [{ op: 'replace', path: '/view/status', value: 'Healthy' }] }],
      timeline: [{ at, who: 'engine', kind: 'weight', setWeight: 20, actualWeight: 0 }],
      measurements: [{ at, run: 'checkout-1', metric: 'latency', phase: 'Failed', value: '338' }],
      gaps: [{ from: at, until: at + 500 }],
    }),
  },
  'history.board': {
    input: { at },
    output: { at, rollouts: {}, unrecorded: ['prod/eu'] },
  },
  'history.writes': {
    input: { filter: 'who:ada', by: 'person', limit: 100 },
    output: { rows: [aWriteDetail(2, 2, at)], next: 2 },
  },
  'history.write': { input: { id: 2 }, output: success(aWriteDetail(2, 2, at)) },
  'history.writes.contexts': { input: undefined, output: ['prod/eu'] },
  'history.export': { input: { context: 'prod/eu' }, output: success({ how: 'saved', path: '/tmp/x', lines: 3 }) },
  'bundle.look': { input: { wish }, output: success(bundleView) },
  'bundle.save': { input: { wish, form: 'html', passphrase: 'four words' }, output: success({ how: 'cancelled' }) },
  'bundle.part': { input: { id: 'upload-1', part: 0 }, output: success('AAAA') },
  'bundle.upload': { input: { id: 'upload-1', part: 0, base64: 'AAAA' }, output: success(undefined) },
  'bundle.check': { input: { id: 'upload-1', name: 'x.argosy' }, output: success(bundleView) },
  'bundle.show': { input: { id: null }, output: success(undefined) },
  'plans.list': { input: undefined, output: [plan] },
  'plan.check': {
    input: { text: 'name: web' },
    output: { faults: [{ field: 'waves', message: 'waves is missing.', line: 1 }], forecast: undefined },
  },
  'plan.draft': { input: { keys: [key] }, output: success('name: web') },
  'plan.create': { input: { text: 'name: web', start: true }, output: success(plan.id) },
  'plan.text': { input: { id: plan.id }, output: success('name: web') },
  'plan.command': {
    input: { id: plan.id, command: { kind: 'openGate', wave: 1 }, reason: 'it looks good' },
    output: { ok: false, error: { kind: 'Invalid', message: 'Nobody holds the plan.', causes: [] } },
  },
  'plan.drive': { input: { id: plan.id, drive: true }, output: success(true) },
  'plan.rollback.warnings': {
    input: { id: plan.id },
    output: [{ member: 'prod/eu/shop/checkout', text: 'Secret db is gone' }],
  },
  'plan.act.preview': {
    input: { id: plan.id, member: 'prod/eu/shop/checkout' },
    output: { open: false, reason: 'Nothing is to be sent to it now.' },
  },
  'desktop.prefer': { input: { notify: true }, output: undefined },
  'kubeconfig.add': { input: { path: '/home/sre/.kube/other' }, output: success(['prod/us']) },
}

export const streamSamples: { readonly [S in StreamName]: { readonly topic: Topic<S>; readonly message: Message<S> } } =
  {
    'fleet.patch': { topic: undefined, message: { seq: 4, upserted: { [key]: sampleView }, removed: ['a/b/c'] } },
    'clusters.changed': { topic: undefined, message: [cluster] },
    'rollout.changed': { topic: { key }, message: detail },
    'analysis.backTest': {
      topic: { key },
      message: {
        state: 'running',
        analyses: [{ kind: 'Step', stepIndex: 1, templates: ['smoke'], problem: undefined }],
        releases: [
          {
            ...{ id: 'r1', version: '1.4.0', from: at, to: at + 600_000, outcome: 'Completed', would: 'abort' },
            verdicts: [{ analysis: 0, phase: 'Failed', message: 'failed (1) > failureLimit (0)' }],
          },
        ],
        sum: { releases: 1, aborts: 1, abortsOfGood: 1, abortsByError: 0, pauses: 0, unknown: 0 },
      },
    },
    'plans.changed': { topic: undefined, message: [plan] },
    'plan.changed': { topic: { id: plan.id }, message: plan },
    'action.effect': {
      topic: undefined,
      message: {
        key,
        action: 'abort',
        resourceVersion: '7',
        state: 'notSeen',
        waitedMs: 30_000,
        engine: 'inCluster',
        holder: 'argo-rollouts-0',
      },
    },
    'bundle.changed': { topic: undefined, message: bundleView },
    'app.notice': { topic: undefined, message: notice },
  }
