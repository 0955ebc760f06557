import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import { annotations, labels } from '#api/keys.ts'
import type { RuleId, Write } from '#engine/decision.ts'
import { availableOf, podHashOf, sizeOf } from './replica-set/facts.ts'
import type { Situation } from './situation.ts'
import { patchService, rolloutEvent } from './write.ts'

/** The hash a Service selects now; `''` when it selects none, or does not exist. */
export const selectedHash = (service: Service | undefined): string =>
  service?.spec?.selector?.[labels.podTemplateHash] ?? ''

export const serviceNamed = ({ world }: Situation, name: string | undefined): Service | undefined =>
  name === undefined || name === '' ? undefined : world.services[name]

/** Points a Service at a ReplicaSet and marks it as managed (CAN-47). Nothing when both are so already. */
export function switchService(situation: Situation, service: Service, hash: string, because: RuleId): readonly Write[] {
  const from = selectedHash(service)
  const isManaged = service.metadata.annotations?.[annotations.managedByRollouts] !== undefined
  if (from === hash && isManaged) return []
  const { rollout } = situation
  const body = {
    spec: { selector: { [labels.podTemplateHash]: hash } },
    ...(!isManaged && { metadata: { annotations: { [annotations.managedByRollouts]: rollout.metadata.name } } }),
  }
  const text = `Switched selector for service '${service.metadata.name}' from '${from}' to '${hash}'`
  return [
    patchService(service, body, { because, summary: text.replace('Switched', 'Switch') }),
    rolloutEvent(rollout, 'SwitchService', text, because),
  ]
}

/**
 * Keeps a canary Service on a ReplicaSet, but never moves it onto one that cannot answer (CAN-46). A Service we have not
 * managed before is only taken over once the ReplicaSet is fully available.
 */
export function ensureService(
  situation: Situation,
  service: Service | undefined,
  rs: ReplicaSet | undefined,
  because: RuleId,
): readonly Write[] {
  if (service === undefined || rs === undefined || selectedHash(service) === podHashOf(rs)) return []
  const isAdoption = service.metadata.annotations?.[annotations.managedByRollouts] === undefined
  const isFull = sizeOf(rs) > 0 && sizeOf(rs) <= availableOf(rs)
  if (availableOf(rs) === 0 || (isAdoption && !isFull)) return []
  return switchService(situation, service, podHashOf(rs), because)
}
