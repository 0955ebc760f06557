import type { Rollout } from '#api/rollout.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { backendForm, ingressClass } from '../ingress.ts'
import { fieldAt, listAt, textAt } from '../route-json.ts'
import { type RouteObject, type Routes, resourceOf } from '../routes.ts'
import { actionText } from './annotation-values.ts'
import { removeRoute } from './header-paths.ts'
import { formatManaged, legacyManagedKey, managedKey, parseManaged, withoutKeys } from './managed-annotations.ts'

/** What becomes of an Ingress in which Rollouts have annotations (ALB-24). */
export interface IngressFate {
  /** These name it still: it is for them to say what is in it. */
  readonly rollouts: readonly Rollout[]
  /** Takes away what the others left. */
  readonly release?: PatchWrite
  /** Why nothing of that can be taken away; for the log. */
  readonly trouble?: string
}

interface Surroundings {
  /** Those of its namespace. */
  readonly rollouts: readonly Rollout[]
  /** Of Ingresses that are for an ALB; `''` stands for none (DEL-2). */
  readonly classes: readonly string[]
  readonly served: Routes['served']
}

/**
 * Whether the Rollouts that wrote annotations into an Ingress still name it; those of the others are reset, else a part of the requests
 * would go to pods that are no more.
 *
 * Differs from the reference, which fails for an action that stands for a root Service or a header route: it looks for the port of a
 * Service of that name. Here such an action leads to stable, which is the last of it, and header routes go altogether. Nor is an
 * annotation reset that another Rollout has taken over meanwhile.
 */
export function ingressFate(ingress: RouteObject, { rollouts, classes, served }: Surroundings): IngressFate {
  if (!classes.includes(ingressClass(ingress))) return { rollouts: [] }
  const { name, annotations = {} } = ingress.metadata
  const managed = parseManaged(annotations[managedKey])
  if (!managed.ok) return { rollouts: [], trouble: managed.error }
  const referring = rollouts.filter((each) => managed.value.has(each.metadata.name) && namesIngress(each, name))
  const staying = new Set(referring.map(({ metadata }) => metadata.name))
  const left = [...managed.value].filter(([rollout]) => !staying.has(rollout))
  if (left.length === 0) return { rollouts: referring }
  const kept = new Map([...managed.value].filter(([rollout]) => staying.has(rollout)))
  const taken = new Set([...kept.values()].flatMap((keys) => keys ?? []))
  const keys = left.flatMap(([, own]) => own ?? []).filter((key) => !taken.has(key))
  const reset = resetAll(ingress, keys, served)
  if (!reset.ok) return { rollouts: referring, trouble: reset.error }
  const notes = {
    ...withoutKeys(reset.value.metadata.annotations ?? {}, [managedKey, legacyManagedKey]),
    ...(kept.size > 0 && { [managedKey]: formatManaged(kept) }),
  }
  const changed = { ...reset.value, metadata: { ...reset.value.metadata, annotations: notes } }
  const names = left.map(([rollout]) => rollout).join(', ')
  return { rollouts: referring, release: releaseWrite(ingress, changed, { names, served }) }
}

/** For a Rollout as it was read, whatever is in it. */
function namesIngress(rollout: Rollout, name: string): boolean {
  const alb = fieldAt(rollout, 'spec', 'strategy', 'canary', 'trafficRouting', 'alb')
  const several = fieldAt(alb, 'ingresses')
  return Array.isArray(several) ? several.includes(name) : textAt(alb, 'ingress') === name
}

function releaseWrite(
  ingress: RouteObject,
  changed: RouteObject,
  { names, served }: { readonly names: string; readonly served: Routes['served'] },
): PatchWrite {
  const { name, namespace, uid, resourceVersion } = ingress.metadata
  return {
    kind: 'patch',
    ref: { resource: resourceOf({ served }, 'ingresses'), namespace, name },
    patchType: 'merge',
    body: createMergePatch(ingress, changed),
    precondition: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
    because: 'ALB-24',
    summary: `Release Ingress ${name}: ${names} routes through it no more`,
  }
}

const [actions, conditions] = ['/actions.', '/conditions.'] as const

function resetAll(
  ingress: RouteObject,
  keys: readonly string[],
  served: Routes['served'],
): Outcome<RouteObject, string> {
  let changed = ingress
  for (const key of keys) {
    const reset = resetOne(changed, key, { keys, served })
    if (!reset.ok) return reset
    changed = reset.value
  }
  return success(changed)
}

function resetOne(
  ingress: RouteObject,
  key: string,
  { keys, served }: { readonly keys: readonly string[]; readonly served: Routes['served'] },
): Outcome<RouteObject, string> {
  if (key.includes(conditions)) return success(annotated(ingress, withoutKeys(notesOf(ingress), [key])))
  const previous = notesOf(ingress)[key]
  if (!key.includes(actions) || previous === undefined) return success(ingress)
  const [, service = '', ...more] = key.split(actions)
  if (more.length > 0) return failure(`unable to parse action to get the service ${key}`)
  if (keys.includes(key.replace(actions, conditions))) {
    const routed = removeRoute(backendForm({ served }), ingress, service)
    return success(annotated(routed, withoutKeys(notesOf(ingress), [key])))
  }
  const action = stableAction(previous, service)
  return action.ok ? success(annotated(ingress, { ...notesOf(ingress), [key]: action.value })) : action
}

const notesOf = ({ metadata }: RouteObject) => metadata.annotations ?? {}

const annotated = (
  ingress: RouteObject,
  annotations: RouteObject['metadata']['annotations'] & object,
): RouteObject => ({
  ...ingress,
  metadata: { ...ingress.metadata, annotations },
})

/** The action with everything to the Service it is named after, or else to the last of its Services, which is stable (ALB-3). */
function stableAction(previous: string, service: string): Outcome<string, string> {
  const decoded = decodeJson(previous)
  if (!decoded.ok) return failure('unable to unmarshal previous ALB action')
  const groups = listAt(decoded.value, 'ForwardConfig', 'TargetGroups')
  const group = groups.findLast((each) => textAt(each, 'ServiceName') === service) ?? groups.at(-1)
  const [name, port] = [textAt(group, 'ServiceName'), textAt(group, 'ServicePort')]
  if (name === '' || port === '') return failure('unable to reset annotation due to missing port')
  return success(actionText([{ service: name, port, weight: 100 }], stickinessOf(decoded.value)))
}

function stickinessOf(action: unknown) {
  const config = fieldAt(action, 'ForwardConfig', 'TargetGroupStickinessConfig')
  if (config === undefined || config === null) return undefined
  const seconds = fieldAt(config, 'DurationSeconds')
  return {
    Enabled: fieldAt(config, 'Enabled') === true,
    DurationSeconds: typeof seconds === 'number' ? seconds : 0,
  }
}
