import type { BlueGreenStrategy, RolloutSpec } from '#api/rollout.ts'
import type { TemplateSource } from '#engine/analysis/templates.ts'
import { aRollout } from './builders/rollout.ts'
import { aService } from './builders/service.ts'
import { aWorld } from './builders/world.ts'
import { RolloutJourney } from './rollout-journey.ts'

interface Setting {
  readonly replicas: number
  readonly blueGreen?: BlueGreenStrategy
  readonly spec?: Partial<RolloutSpec>
  readonly templates?: TemplateSource
}

/** A blue-green Rollout nobody has looked at yet, with the Services `active` and `preview`. */
export const newJourney = ({ replicas, blueGreen, spec = {}, templates }: Setting): RolloutJourney => {
  const strategy = { activeService: 'active', previewService: 'preview', ...blueGreen }
  const services = { active: aService('active'), preview: aService('preview') }
  const rollout = aRollout({ replicas, blueGreen: strategy, spec })
  return new RolloutJourney(aWorld({ rollout, services, ...(templates !== undefined && { templates }) }))
}

/** A Rollout that is Healthy on `web:1`, with nothing recorded yet. */
export function deployed(setting: Setting): RolloutJourney {
  const journey = newJourney(setting).settle()
  journey.events = []
  journey.now += 3_600_000
  return journey
}

/** The hash that a Service selects. */
export const selected = (journey: RolloutJourney, service: string): string | undefined =>
  journey.world.services[service]?.spec?.selector?.['rollouts-pod-template-hash']

export const hash = (journey: RolloutJourney, image: string): string | undefined =>
  journey.replicaSet(image).metadata.labels?.['rollouts-pod-template-hash']

/** The image of the ReplicaSet behind the active Service. */
export const serves = (journey: RolloutJourney): string =>
  ['web:1', 'web:2', 'web:3'].find(
    (image) =>
      journey.world.replicaSets.some((rs) => rs.spec.template.spec?.containers[0]?.image === image) &&
      hash(journey, image) === selected(journey, 'active'),
  ) ?? 'nothing'

export const deadline = (journey: RolloutJourney, image: string): string | undefined =>
  journey.replicaSet(image).metadata.annotations?.['scale-down-deadline']
