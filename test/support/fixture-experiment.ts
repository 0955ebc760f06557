import type { ExperimentView } from '#contract/experiment-views.ts'
import type { RolloutDetailView, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

const MINUTE = 60_000

type Shown = Pick<RolloutDetailView, 'experiment' | 'experimentState'>

/** The Experiments of the fixture fleet: those of one application, in each cluster another state. */
export function someExperiment(view: RolloutView, now: EpochMs): Shown {
  if (view.name === 'a') return { experiment: longTexts(now), experimentState: 'read' }
  if (view.name !== 'fraud-scoring') return { experiment: undefined, experimentState: 'loading' }
  return { experiment: told[view.context]?.(now), experimentState: states[view.context] ?? 'read' }
}

const states: Readonly<Record<string, RolloutDetailView['experimentState']>> = {
  'prod-eu-central': 'forbidden',
  'prod-us-west': 'loading',
}

const image = 'registry.shop.io/fraud-scoring'

const running = (now: EpochMs): ExperimentView => ({
  name: 'fraud-scoring-6c7f5d9b88-48-2',
  stepIndex: 2,
  current: true,
  phase: 'Running',
  message: '',
  terminating: false,
  terminateOff: undefined,
  createdAt: now - 6 * MINUTE,
  durationMs: 10 * MINUTE,
  endsAt: now + 4.5 * MINUTE,
  templates: [
    { name: 'baseline', state: 'Running', message: '', images: [`${image}:1.44`], ready: 3, desired: 3 },
    { name: 'candidate', state: 'Progressing', message: '', images: [`${image}:1.45`], ready: 2, desired: 3 },
  ],
  analyses: [
    {
      name: 'compare',
      run: 'fraud-scoring-6c7f5d9b88-48-2-compare',
      phase: 'Running',
      message: '',
      required: true,
    },
    { name: 'cost', run: undefined, phase: 'Unknown', message: '', required: false },
  ],
})

const over = (now: EpochMs): ExperimentView => {
  const experiment = running(now)
  const reason = 'Metric "precision" assessed Failed due to failed (2) > failureLimit (1)'
  return {
    ...experiment,
    current: false,
    phase: 'Failed',
    message: reason,
    terminateOff: 'Terminate is open until the Experiment has ended: it is Failed',
    endsAt: undefined,
    templates: experiment.templates.map((each, index) => ({
      ...each,
      state: 'Successful',
      ready: 2 * index,
      desired: 0,
    })),
    analyses: experiment.analyses.map((each) =>
      each.required
        ? { ...each, phase: 'Failed', message: reason }
        : { ...each, run: 'fraud-scoring-cost', phase: 'Successful' },
    ),
  }
}

const told: Readonly<Record<string, (now: EpochMs) => ExperimentView>> = {
  'prod-eu-west': running,
  'prod-us-east': over,
}

function longTexts(now: EpochMs): ExperimentView {
  const experiment = running(now)
  const words =
    'pods "a-a-name-that-nobody-would-shorten" is forbidden: 超出了命名空间的资源配额，因此无法创建。'.repeat(4)
  return {
    ...experiment,
    name: 'an-experiment-of-a-rollout-with-a-long-name-and-its-hash-and-revision-and-step-6c7f5d9b88-48-2',
    endsAt: undefined,
    durationMs: 36 * 60 * MINUTE,
    message: words,
    templates: experiment.templates.map((each) => ({
      ...each,
      name: `${each.name}-支付成功率对比实验-华东一区与华南二区`,
      state: 'Error',
      message: words,
      images: [`registry.example.com/${'a-team-with-a-long-name/'.repeat(6)}web:2026.11.28-rc.1`, `${image}:1`],
    })),
    analyses: experiment.analyses.map((each) => ({ ...each, name: `${each.name}-${'比较两个版本'.repeat(6)}` })),
  }
}
