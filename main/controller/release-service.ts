import type { Service } from '#api/core.ts'
import { annotations, labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'

/** What becomes of a Service that selects by hash (REC-14). */
export type ServiceFate =
  | { readonly kind: 'leave' }
  /** These Rollouts name it: it is for them to say what it selects. */
  | { readonly kind: 'reconcile'; readonly rollouts: readonly Rollout[] }
  | { readonly kind: 'release'; readonly write: PatchWrite }

/**
 * Whether a Service still has a Rollout, and how to let it go when it has none: else it would select pods of one revision for ever.
 *
 * Differs from the reference, which leaves the hash in the selector of a Service without the mark. Such a Service is released only when
 * a Rollout has just `dropped` it: a selector that a person wrote by hand is nobody's business.
 * @param rollouts those of its namespace
 */
export function serviceFate(
  service: Service,
  { rollouts, dropped }: { readonly rollouts: readonly Rollout[]; readonly dropped: boolean },
): ServiceFate {
  const { name, namespace, annotations: notes } = service.metadata
  if (service.spec?.selector?.[labels.podTemplateHash] === undefined) return { kind: 'leave' }
  const manager = notes?.[annotations.managedByRollouts]
  const referring = rollouts.filter(
    (each) => (manager === undefined || each.metadata.name === manager) && serviceNames(each).includes(name),
  )
  if (referring.length > 0) return { kind: 'reconcile', rollouts: referring }
  if (manager === undefined && !dropped) return { kind: 'leave' }
  const { uid, resourceVersion } = service.metadata
  const write: PatchWrite = {
    kind: 'patch',
    ref: { resource: resources.services, namespace, name },
    patchType: 'merge',
    body: {
      ...(manager !== undefined && { metadata: { annotations: { [annotations.managedByRollouts]: null } } }),
      spec: { selector: { [labels.podTemplateHash]: null } },
    },
    precondition: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
    because: 'REC-14',
    summary: `Release Service ${name}: no Rollout switches it any more`,
  }
  return { kind: 'release', write }
}
