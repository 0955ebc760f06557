import { rolloutKey } from '#contract/keys.ts'
import type { RolloutView } from '#contract/views.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const open = { open: true } as const

/** A healthy canary of ten pods, `checkout` in `shop` of `prod-eu`, between updates. */
export function aRolloutView(change: Partial<RolloutView> = {}): RolloutView {
  const at = { context: 'prod-eu', namespace: 'shop', name: 'checkout', ...change }
  return {
    key: rolloutKey(at),
    context: at.context,
    namespace: at.namespace,
    name: at.name,
    uid: 'uid-1',
    strategy: 'canary',
    status: 'Healthy',
    phase: 'Healthy',
    message: '',
    stepIndex: 4,
    stepCount: 4,
    setWeight: 100,
    actualWeight: 100,
    maxWeight: 100,
    replicas: { desired: 10, current: 10, updated: 10, ready: 10, available: 10 },
    preview: undefined,
    pause: undefined,
    analysis: undefined,
    revision: 7,
    stableRevision: 7,
    stableVersion: '1.0.0',
    version: '1.0.0',
    currentPodHash: 'hash7',
    stableRS: 'hash7',
    since: T0,
    why: [],
    drift: false,
    actions: {
      promote: open,
      promoteFull: open,
      skipStep: open,
      pause: open,
      resume: open,
      abort: open,
      retry: open,
      undo: open,
      restart: open,
      cancelRestart: open,
      setImage: open,
      rerunAnalysis: open,
      terminateAnalysis: open,
      terminateExperiment: open,
    },
    ...change,
  }
}

/** The same just after its image was set to 1.1.0. */
export const anUpdatingView = (change: Partial<RolloutView> = {}): RolloutView =>
  aRolloutView({
    status: 'Progressing',
    phase: 'Progressing',
    stepIndex: 0,
    setWeight: 20,
    actualWeight: 0,
    replicas: { desired: 10, current: 12, updated: 2, ready: 10, available: 10 },
    revision: 8,
    version: '1.1.0',
    currentPodHash: 'hash8',
    ...change,
  })
