import type { Rollout } from '#api/rollout.ts'
import type { ForecastEndView, ForecastPathView, ForecastStageView, ForecastView } from '#contract/views.ts'
import { describeStep } from '#engine/rollout/canary/steps.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import { assertNever } from '#lib/assert.ts'
import type { EpochMs } from '#lib/clock.ts'
import { humanDuration } from '#lib/human-duration.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { formatTable } from './text-table.ts'

/** A forecast in words: how it ends and when, in one line. */
export function forecastLine(forecast: ForecastView, rollout: Rollout, now: EpochMs): string {
  switch (forecast.state) {
    case 'notKnown':
      return 'not known'
    case 'notForeseen':
      return `not foreseen: the engine does not carry out ${forecast.feature} yet`
    case 'foreseen':
      return endLine(forecast, rollout, now)
    default:
      return assertNever(forecast)
  }
}

/** Something is still to happen by itself. */
export const isUnderWay = (forecast: ForecastView): boolean =>
  forecast.state === 'foreseen' && forecast.stages.length > 0

/** How and when an action that is previewed would end; `undefined` when that is not foreseen. */
export const followsLine = (path: ForecastPathView | undefined, rollout: Rollout, now: EpochMs): string | undefined =>
  path && endLine(path, rollout, now)

function endLine({ stages, end }: ForecastPathView, rollout: Rollout, now: EpochMs): string {
  if (stages.length === 0) return restTexts[end.how](stepText(rollout, end.step))
  const at = `${formatSeconds(end.usual?.about ?? end.at)} (in ${humanDuration((end.usual?.about ?? end.at) - now)})`
  return `${endTexts[end.how](at, stepText(rollout, end.step))}${restText(end)}${usualText(end)}`
}

const endTexts: Readonly<Record<ForecastEndView['how'], (at: string, step: string) => string>> = {
  healthy: (at) => `done at ${at}`,
  person: (at, step) => `then waits for a person${step}, from ${at}`,
  step: (at, step) => `foreseen until ${at}, then${step} takes as long as it takes`,
  degraded: (at) => `degraded at ${at}, when its deadline has passed`,
  aborted: () => 'aborted',
  unknown: (at) => `stands still from ${at}`,
  further: (at) => `not before ${at}; further ahead is not looked`,
}

const restTexts: Readonly<Record<ForecastEndView['how'], (step: string) => string>> = {
  healthy: () => 'at rest, nothing is under way',
  person: (step) => `waits for a person${step}`,
  step: (step) => `how long${step} takes is not foreseen`,
  degraded: () => 'degraded, nothing happens by itself',
  aborted: () => 'aborted, nothing happens by itself',
  unknown: () => 'stands still, nothing happens by itself',
  further: () => 'nothing is foreseen',
}

const restText = ({ how, at, restsAt }: ForecastEndView): string =>
  restsAt > at ? `; ${how === 'aborted' ? 'its' : 'old'} pods stop until ${formatSeconds(restsAt)}` : ''

function usualText({ how, usual }: ForecastEndView): string {
  if (usual !== undefined) return `; 8 in 10 by ${formatSeconds(usual.by)}, as the last ${usual.runs} rollouts here`
  return how === 'healthy' ? ', at least' : ''
}

/** ` at step 2 of 5 (pause: 10m)`; empty where there are no steps. */
function stepText(rollout: Rollout, index: number | undefined): string {
  const steps = stepsOf(rollout)
  const step = index === undefined ? undefined : steps[index]
  return step === undefined || index === undefined
    ? ''
    : ` at step ${index + 1} of ${steps.length} (${describeStep(step)})`
}

/** The forecast of one Rollout as `argosy preview` prints it: the end, the time line, and the next writes. */
export function formatForecast(forecast: ForecastView, rollout: Rollout, now: EpochMs): readonly string[] {
  const facts: (readonly [string, string])[] = [
    ['Name:', `${rollout.metadata.namespace ?? ''}/${rollout.metadata.name}`],
    ['Forecast:', forecastLine(forecast, rollout, now)],
  ]
  if (forecast.state !== 'foreseen') return tableOf(facts)
  if (isUnderWay(forecast)) facts.push(['Made from:', sourceText(forecast)])
  if (forecast.elapsed !== undefined) facts.push(['So far:', elapsedText(forecast.elapsed, now)])
  for (const [label, end] of [
    ['If promoted:', forecast.ifPromoted],
    ['If fully:', forecast.ifPromotedFully],
  ] as const)
    if (end !== undefined)
      facts.push([
        label,
        endTexts[end.how](`${formatSeconds(end.at)} (in ${humanDuration(end.at - now)})`, stepText(rollout, end.step)),
      ])
  if (!isUnderWay(forecast)) return tableOf(facts)
  const stages = forecast.stages.map((stage) => [
    formatSeconds(stage.from),
    humanDuration(stage.until - stage.from),
    stageText(stage, rollout),
  ])
  const writes = forecast.writes.map(({ at, because, summary }) => [formatSeconds(at), because, summary])
  const more = forecast.writeCount - forecast.writes.length
  return [
    ...tableOf(facts),
    '',
    ...tableOf([['FROM', 'TAKES', 'WHAT'], ...stages]),
    '',
    ...tableOf([['AT', 'RULE', 'NEXT WRITE'], ...writes]),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ]
}

const tableOf = (rows: readonly (readonly string[])[]): readonly string[] =>
  formatTable(
    rows.map((row) => row.map((text) => [{ text }])),
    false,
  )

function sourceText({ podStartMs, end }: ForecastPathView): string {
  const pods =
    podStartMs === undefined
      ? 'pauses alone: no pod was seen starting'
      : `pauses, and pods that start in ${humanDuration(podStartMs)}`
  return end.usual === undefined ? pods : `the last ${end.usual.runs} rollouts here; ${pods}`
}

function elapsedText(
  {
    startedAt,
    now: running,
    since,
    pausedMs,
    waitingMs,
  }: NonNullable<Extract<ForecastView, { readonly state: 'foreseen' }>['elapsed']>,
  now: EpochMs,
): string {
  const open = Math.max(0, now - since)
  const paused = pausedMs + (running === 'paused' ? open : 0)
  const waiting = waitingMs + (running === 'waiting' ? open : 0)
  const working = Math.max(0, now - startedAt - paused - waiting)
  return `working ${humanDuration(working)}, paused ${humanDuration(paused)}, waiting for people ${humanDuration(waiting)}`
}

const blueGreenTexts = [
  'preview pods start',
  'pause before the switch',
  'active service switches',
  'old pods stop',
] as const

function stageText({ kind, step }: ForecastStageView, rollout: Rollout): string {
  if (rollout.spec.strategy?.blueGreen !== undefined && step !== undefined) return blueGreenTexts[step] ?? ''
  const steps = stepsOf(rollout)
  const each = step === undefined ? undefined : steps[step]
  if (each !== undefined && step !== undefined) return `step ${step + 1} of ${steps.length}: ${describeStep(each)}`
  const isBack = rollout.status?.abort === true
  return { pods: 'the other pods', pause: 'pause', scaleDown: isBack ? 'pods go back to stable' : 'old pods stop' }[
    kind
  ]
}
