import { blueGreen, canary, healthyOn, patch, rollout, service, setImage } from '../manifests.ts'
import type { Scenario, Step } from '../scenario.ts'

const good = canary([{ setWeight: 50 }, { pause: {} }])
const spec = { progressDeadlineSeconds: 60, ...good }

interface Mistake {
  readonly spec: object
  readonly message: string
  readonly rule: string
  /** What takes it back. */
  readonly mend: object
}

/** Told in the reference's words. */
const mistakes: readonly Mistake[] = [
  {
    spec: canary([{ setWeight: 120 }, { pause: {} }]),
    message: 'spec.strategy.steps[0].setWeight: Invalid value: 120: SetWeight needs to be between 0 and 100',
    rule: 'API-101',
    mend: good,
  },
  {
    spec: canary([{ setWeight: 50 }, { pause: { duration: 'soon' } }]),
    message: 'spec.strategy.steps[1].pause.duration: Invalid value: -1: Duration needs to be greater than 0',
    rule: 'API-101',
    mend: good,
  },
  {
    spec: { strategy: { canary: { maxSurge: 0, maxUnavailable: 0 } } },
    message: 'spec.strategy.maxSurge: Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero',
    rule: 'API-100',
    mend: good,
  },
  {
    spec: { strategy: { blueGreen: { activeService: 'active' } } },
    message:
      'spec.strategy.strategy: Invalid value: "blueGreen: true canary: true": Multiple Strategies can not be listed',
    rule: 'API-99c',
    mend: { strategy: { blueGreen: null } },
  },
  {
    spec: { progressDeadlineSeconds: 5, minReadySeconds: 5 },
    message: 'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
    rule: 'API-99a',
    mend: { progressDeadlineSeconds: 60, minReadySeconds: null },
  },
  {
    spec: { template: { metadata: { labels: { app: 'other' } } } },
    message:
      'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    rule: 'API-98',
    mend: { template: { metadata: { labels: { app: 'shop' } } } },
  },
  {
    spec: canary([{ setWeight: 50 }, { pause: {} }], { stableService: 'same', canaryService: 'same' }),
    message:
      'spec.strategy.stableService: Invalid value: "same": This rollout uses the same service for the stable and canary services, but two different services are required.',
    rule: 'API-102',
    mend: { strategy: { canary: { stableService: null, canaryService: null } } },
  },
]

const playOf = ({ spec: wrong, message, rule, mend }: Mistake): readonly Step[] => [
  { from: 'here' },
  { run: patch({ spec: wrong }) },
  {
    until: { phase: 'Degraded', message: `InvalidSpec: The Rollout "shop" is invalid: ${message}` },
    rule,
    says: 'the mistake is told',
  },
  { run: patch({ spec: mend }) },
  { until: { phase: 'Paused', step: '1/2', 'if InvalidSpec': '' }, rule: 'REC-60', says: 'and mended, it recovers' },
  { told: 'sizes', is: [], rule: 'API-92', says: 'no pod was touched' },
]

export const invalidSpec: Scenario = {
  title: 'specs that are not valid, in the middle of an update; mended, and mended by what comes into being',
  steps: [
    { controller: 'start' },
    { apply: [rollout('1', spec)] },
    { until: healthyOn('1') },
    { run: setImage('2') },
    { until: { phase: 'Paused', step: '1/2', up: '1:2/2 2:2/2' } },
    ...mistakes.flatMap(playOf),
    { run: 'argosy promote shop' },
    { until: { ...healthyOn('2'), up: '2:4/4' }, rule: 'REC-60', says: 'the update goes on to its end' },
    { run: `kubectl replace -f - <<'E'\n${JSON.stringify(rollout('3', { ...blueGreen() }))}\nE` },
    {
      until: {
        phase: 'Degraded',
        message:
          'InvalidSpec: The Rollout "shop" is invalid: spec.strategy.blueGreen.activeService: Invalid value: "active": service "active" not found',
      },
      rule: 'API-93',
      says: 'a Service that is missing is told',
    },
    { apply: [service('active'), service('preview')] },
    {
      until: { ...healthyOn('3'), 'svc active': '3' },
      rule: 'API-93',
      says: 'and once it is there nobody has to do anything',
    },
  ],
}
