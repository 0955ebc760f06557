import type { CanaryStep } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { PlanForecastView, PlanMemberForecastView } from '#contract/plan-views.ts'
import { planAction } from '#engine/actions/plan-action.ts'
import type { FleetPlanSpec, PlanMember, PlannedChange } from '#engine/fleet-plan/document.ts'
import { forecastWaves } from '#engine/fleet-plan/forecast.ts'
import { imagesOf, weightAt } from '#engine/fleet-plan/member-facts.ts'
import { stepsOf } from '#engine/rollout/spec-defaults.ts'
import type { RolloutWorld } from '#engine/world.ts'
import type { EpochMs } from '#lib/clock.ts'
import { pathAfter } from '#main/controller/forecast-view.ts'
import { type MemberLooks, podsOf, strandedMembers } from './look-at-members.ts'

/** What a plan would bring where, and how long that takes, by playing forward the update of each member. */
export function forecastPlan(name: string, spec: FleetPlanSpec, looks: MemberLooks, now: EpochMs): PlanForecastView {
  const forecasts = new Map(
    spec.members.map((member) => [member.id, memberForecast(member, spec.change, looks, now)] as const),
  )
  const durations = Object.fromEntries([...forecasts].map(([id, { view }]) => [id, view.durationMs]))
  const exposures = Object.fromEntries([...forecasts].map(([id, { exposureMs }]) => [id, exposureMs]))
  const waves = forecastWaves(spec, durations, exposures).map(({ wave, members, ...rest }) => {
    const views = members.flatMap(({ id }) => forecasts.get(id)?.view ?? [])
    const isLate = wave.select.kind === 'late' ? ({ isLate: true } as const) : {}
    return { name: wave.name, ...isLate, members: views, pods: views.reduce((sum, { pods }) => sum + pods, 0), ...rest }
  })
  const times = waves.map(({ durationMs }) => durationMs)
  return {
    name,
    change: changeWords(spec.change),
    waves,
    durationMs: times.reduce((total, ms) => (total === undefined || ms === undefined ? undefined : total + ms), 0),
    stranded: strandedMembers({ spec }, looks),
    warnings: spec.members.flatMap((member) => warningsOf(member, looks)),
  }
}

/** `shop=registry/shop:2`, `revision 3`; empty when others bring it. */
export function changeWords(change: PlannedChange): readonly string[] {
  switch (change.kind) {
    case 'setImage':
      return change.images.map(({ container, image }) => `${container}=${image}`)
    case 'undo':
      return [change.toRevision === undefined ? 'the revision before' : `revision ${change.toRevision}`]
    case 'gate':
      return []
  }
}

function memberForecast(
  member: PlanMember,
  change: PlannedChange,
  looks: MemberLooks,
  now: EpochMs,
): { readonly view: PlanMemberForecastView; readonly exposureMs: number } {
  const { id, context, namespace, rollout: name, trafficShare } = member
  const key = rolloutKey({ context, namespace, name })
  const look = looks.get(id)
  const world = look?.kind === 'found' ? look.world : undefined
  const update = world && updateOf(world, change, now)
  const images = world === undefined ? [] : imagesOf(world.rollout)
  const view = { id, key, context, pods: podsOf(look), trafficShare, images, durationMs: update?.durationMs }
  return { view, exposureMs: update?.exposureMs ?? 0 }
}

/** From the change to Healthy; a pause that waits for the plan takes no time of its own. */
function updateOf(world: RolloutWorld, change: PlannedChange, now: EpochMs) {
  const played = { ...world, rollout: withoutWaits(world.rollout) }
  const plan = planChange(played, change, now)
  const path = plan.ok
    ? pathAfter(plan.value.writes, { world: played, now, pastRuns: [], stepEnds: new Map() })
    : undefined
  if (path?.end.how !== 'healthy') return undefined
  const serving = path.stages.filter(({ kind }) => kind !== 'scaleDown')
  const weights = serving.map(
    ({ step, from, until }) => (step === undefined ? 1 : weightAt(played.rollout, step)) * (until - from),
  )
  return { durationMs: path.end.at - now, exposureMs: weights.reduce((sum, each) => sum + each, 0) }
}

/** What others will bring is not known; the time it takes does not depend on that. */
const anyImage = [{ container: '*', image: 'foreseen' }]

const planChange = (world: RolloutWorld, change: PlannedChange, now: EpochMs) =>
  change.kind === 'undo'
    ? planAction({ action: 'undo', world, parameters: { toRevision: change.toRevision }, now })
    : planAction({
        action: 'setImage',
        world,
        parameters: { images: change.kind === 'setImage' ? change.images : anyImage },
        now,
      })

/** The same where none of its steps waits for somebody. */
export function withoutWaits(rollout: RolloutWorld['rollout']): RolloutWorld['rollout'] {
  const { strategy } = rollout.spec
  const waits = ({ pause }: CanaryStep) => pause != null && pause.duration === undefined
  if (strategy?.canary === undefined || !stepsOf(rollout).some(waits)) return rollout
  const steps = stepsOf(rollout).map((step) => (waits(step) ? { pause: { duration: '1s' } } : step))
  return { ...rollout, spec: { ...rollout.spec, strategy: { ...strategy, canary: { ...strategy.canary, steps } } } }
}

function warningsOf({ id }: PlanMember, looks: MemberLooks): PlanForecastView['warnings'] {
  const look = looks.get(id)
  if (look?.kind !== 'found') return []
  const { rollout } = look.world
  const warnings: string[] = []
  if (!look.isDriven) warnings.push('no engine or controller acts on it now: it would be refused')
  if (rollout.status?.stableRS !== rollout.status?.currentPodHash) warnings.push('an update of it is under way already')
  return warnings.map((text) => ({ member: id, text }))
}
