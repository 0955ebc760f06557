import { rolloutKey } from '#contract/keys.ts'
import type { PlanCheckView, PlanForecastView } from '#contract/plan-views.ts'
import type { RolloutKey, RolloutView } from '#contract/views.ts'
import type { FleetPlanSpec, PlanMember } from '#engine/fleet-plan/document.ts'
import { forecastWaves } from '#engine/fleet-plan/forecast.ts'
import { validatePlan } from '#engine/fleet-plan/validate.ts'
import { fieldInFile, readPlanFile } from '#main/fleet-plan/plan-file.ts'

const MINUTE = 60_000

/** A plan as text, for these rollouts: the first cluster alone, then the others. */
export function planTextFor(views: readonly RolloutView[]): string {
  const [first] = views
  const members = views.map(
    ({ context, namespace, name }) =>
      `  - {context: ${context}, namespace: ${namespace}, rollout: ${name}, trafficShare: 10}`,
  )
  return `name: ${first?.name ?? 'plan'}
home: {context: ${first?.context ?? ''}, namespace: argo-rollouts}
change:
  # The image of every container that changes.
  setImage: {${first?.name ?? 'app'}: ${`registry.example/${first?.name ?? 'app'}:2.32.0`}}
members:
${members.join('\n')}
waves:
  - name: pilot # alone, and nothing may fail
    select: {contexts: [${first?.context ?? ''}]}
    pilot: true
    minSoak: 10m
    gate: manual
  - name: rest
    maxConcurrent: 2
    waveSoak: 30m
maxTrafficShare: 30
`
}

/** As main checks a text, but that each cluster is what the board says it is. */
export function checkText(text: string, rollouts: ReadonlyMap<RolloutKey, RolloutView>): PlanCheckView {
  const read = readPlanFile(text)
  const { file } = read
  if (!file.ok) return { faults: file.error, forecast: undefined }
  const { name, spec: written } = file.value
  const members = written.members.map((member) => ({ trafficShare: 10, ...member, priorHash: 'h1' }))
  const spec = { ...written, members }
  const viewOf = ({ context, namespace, rollout }: PlanMember) =>
    rollouts.get(rolloutKey({ context, namespace, name: rollout }))
  const missing = members.flatMap((member, index) =>
    viewOf(member) === undefined
      ? [{ field: `members[${index}].rollout`, message: `There is no Rollout ${member.id}. Mend its name.` }]
      : [],
  )
  const faults = [...missing, ...validatePlan(spec)].map((fault) =>
    read.locate({ ...fault, field: fieldInFile(fault.field) }),
  )
  return { faults, forecast: missing.length > 0 ? undefined : forecastOf(name, spec, viewOf) }
}

function forecastOf(
  name: string,
  spec: FleetPlanSpec,
  viewOf: (member: PlanMember) => RolloutView | undefined,
): PlanForecastView {
  const durationOf = ({ context }: PlanMember) => (context === 'prod-ap-ne' ? undefined : 38 * MINUTE)
  const waves = forecastWaves(spec, Object.fromEntries(spec.members.map((member) => [member.id, durationOf(member)])))
  const views = waves.map(({ wave, members, ...rest }) => ({
    ...rest,
    name: wave.name,
    pods: members.reduce((sum, member) => sum + (viewOf(member)?.replicas.desired ?? 0), 0),
    members: members.map((member) => {
      const { id, context, namespace, rollout, trafficShare } = member
      const view = viewOf(member)
      return {
        id,
        key: rolloutKey({ context, namespace, name: rollout }),
        context,
        trafficShare,
        pods: view?.replicas.desired ?? 0,
        images: [`${rollout}=registry.example/${rollout}:${view?.stableVersion ?? '?'}`],
        durationMs: durationOf(member),
      }
    }),
  }))
  const durations = views.map(({ durationMs }) => durationMs)
  return {
    name,
    change:
      spec.change.kind === 'setImage' ? spec.change.images.map(({ container, image }) => `${container}=${image}`) : [],
    waves: views,
    durationMs: durations.reduce((sum, ms) => (sum === undefined || ms === undefined ? undefined : sum + ms), 0),
    stranded: spec.members
      .filter(({ context }) => context === 'prod-ap-south')
      .map(({ id }) => ({ member: id, step: 3, ms: 30 * MINUTE })),
    warnings: spec.members
      .filter((member) => viewOf(member)?.status !== 'Healthy')
      .map(({ id }) => ({ member: id, text: 'an update of it is under way already' })),
  }
}
