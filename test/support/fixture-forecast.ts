import type {
  ForecastEndView,
  ForecastPathView,
  ForecastStageView,
  ForecastView,
  ForeseenWriteView,
  RolloutView,
} from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

const SECOND = 1000
const MINUTE = 60_000

/** Rollouts of which no forecast is shown, each for its own reason. */
const others: Readonly<Record<string, ForecastView>> = {
  ledger: { state: 'notKnown', why: 'loading' },
  'media-encoder': { state: 'notKnown', why: 'failed' },
  'payments-gw': { state: 'notForeseen', feature: 'spec.strategy.canary.trafficRouting' },
}

export function aForecast(view: RolloutView, now: EpochMs): ForecastView {
  const other = others[view.name]
  if (other !== undefined) return other
  const path = pathOf(view, now)
  const writes = path.stages.length === 0 ? [] : writesOf(view, path.stages)
  const { pause, status } = view
  const isUnderWay = status === 'Paused' || status === 'Progressing'
  return {
    state: 'foreseen',
    ...path,
    writes,
    writeCount: writes.length,
    elapsed: isUnderWay
      ? {
          startedAt: now - 872 * SECOND,
          now: status === 'Progressing' ? 'working' : pause?.resumesAt === undefined ? 'waiting' : 'paused',
          since: pause?.startedAt ?? now - 872 * SECOND,
          pausedMs: 2 * MINUTE,
          waitingMs: 90 * SECOND,
        }
      : undefined,
    ifPromoted: status === 'Paused' ? endOf('healthy', now + 31 * MINUTE, 0) : undefined,
    ifPromotedFully: isUnderWay ? endOf('healthy', now + 4 * MINUTE, 0) : undefined,
  }
}

/** What an action leads to, in the dialog. */
export function whatFollows(view: RolloutView, action: string, now: EpochMs): ForecastPathView {
  if (action === 'abort') {
    const stages = [stage('scaleDown', undefined, now, now + 30 * SECOND)]
    return { stages, end: endOf('aborted', now, 0, now + 30 * SECOND), podStartMs: 24 * SECOND }
  }
  const from = (view.stepIndex ?? 0) + 1
  const stages = [
    stage('pods', from, now, now + 72 * SECOND),
    stage('pods', from + 2, now + 72 * SECOND, now + 4 * MINUTE),
  ]
  return { stages, end: endOf('healthy', now + 4 * MINUTE, 0), podStartMs: 24 * SECOND }
}

function pathOf(view: RolloutView, now: EpochMs): ForecastPathView {
  const podStartMs = 24 * SECOND
  if (view.status === 'Aborted')
    return {
      stages: [stage('scaleDown', undefined, now, now + 22 * SECOND)],
      end: endOf('aborted', now, 0, now + 22 * SECOND),
      podStartMs,
    }
  const resumesAt = view.status === 'Paused' ? view.pause?.resumesAt : undefined
  const isMoving = view.status === 'Progressing'
  if (resumesAt === undefined && !isMoving) {
    const how = ({ Healthy: 'healthy', Paused: 'person', Inconclusive: 'person', Degraded: 'degraded' } as const)[
      view.status as 'Healthy'
    ]
    return { stages: [], end: { ...endOf(how ?? 'unknown', now, 0), step: view.stepIndex }, podStartMs }
  }
  if (view.strategy === 'blueGreen') {
    const [ready, paused] = [now + 40 * SECOND, now + 100 * SECOND]
    const stages = [
      stage('pods', 0, now, ready),
      stage('pause', 1, ready, paused),
      stage('scaleDown', 3, paused, paused + 30 * SECOND),
    ]
    return { stages, end: endOf('healthy', paused, 0, paused + 30 * SECOND), podStartMs: undefined }
  }
  return canaryPath(view, resumesAt, now)
}

function canaryPath(view: RolloutView, resumesAt: EpochMs | undefined, now: EpochMs): ForecastPathView {
  const step = view.stepIndex ?? 0
  const first = resumesAt ?? now + 50 * SECOND
  const stages = [
    stage(resumesAt === undefined ? 'pods' : 'pause', step, now, first),
    stage('pods', step + 1, first, first + 96 * SECOND),
  ]
  if (view.name === 'search-index') {
    const end = { ...endOf('step', first + 96 * SECOND, 0), step: step + 2 }
    return { stages, end, podStartMs: 24 * SECOND }
  }
  const rest = [
    stage('pods', step + 2, first + 96 * SECOND, first + 12 * MINUTE),
    stage('pods', step + 3, first + 12 * MINUTE, first + 27 * MINUTE),
    stage('pods', undefined, first + 27 * MINUTE, first + 30 * MINUTE),
  ]
  return {
    stages: [...stages, ...rest],
    end: endOf('healthy', first + 30 * MINUTE, view.name === 'checkout-api' ? 14 : 0),
    podStartMs: 24 * SECOND,
  }
}

const stage = (
  kind: ForecastStageView['kind'],
  step: number | undefined,
  from: EpochMs,
  until: EpochMs,
): ForecastStageView => ({ kind, step, from, until })

const endOf = (how: ForecastEndView['how'], at: EpochMs, runs: number, restsAt = at): ForecastEndView => ({
  how,
  step: undefined,
  at,
  restsAt,
  usual: runs === 0 ? undefined : { about: at + 52 * SECOND, by: at + 12 * MINUTE, runs },
})

const writesOf = (view: RolloutView, stages: readonly ForecastStageView[]): readonly ForeseenWriteView[] =>
  stages.flatMap(({ until }, index): readonly ForeseenWriteView[] => [
    {
      at: until,
      summary: 'Set status: currentStepIndex, pauseConditions, conditions, phase, message',
      because: 'REC-61',
      verb: 'patch',
      kind: 'Rollout',
      name: view.name,
    },
    {
      at: until,
      summary: `Scale up ReplicaSet ${view.name}-6c7f5d9b88 from ${5 + index} to ${8 + index}`,
      because: 'CAN-33',
      verb: 'patch',
      kind: 'ReplicaSet',
      name: `${view.name}-6c7f5d9b88`,
    },
  ])
